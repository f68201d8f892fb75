/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory image of XSAVE, not compacted (Intel SDM volume 1, 13.4): the 512
 * bytes of FXSAVE, a header, components at offsets that CPUID tells.
 */
#include "qemu/osdep.h"
#include "cpu.h"

enum {
    FCW = 0,
    FSW = 2,
    FTW = 4,
    FOP = 6,
    FIP = 8,
    FDP = 16,
    MXCSR = 24,
    MXCSR_MASK = 28,
    ST = 32,   /* 8 of 16 bytes */
    XMM = 160, /* 16 of 16 bytes */
    HEADER = 512,
};

static void move(void *image, void *state, size_t size, bool save)
{
    if (save) {
        memcpy(image, state, size);
    } else {
        memcpy(state, image, size);
    }
}

/* Component @bit of @mask within the image: its place, or NULL. */
static uint8_t *component(uint8_t *buf, uint32_t buflen, uint64_t mask, int bit,
                          uint32_t need)
{
    uint32_t offset, size;

    if (!(mask & BIT_ULL(bit))) {
        return NULL;
    }
    x86_xsave_component(bit, &offset, &size);
    return size >= need && offset && offset <= buflen - need ? buf + offset
                                                             : NULL;
}

static void move_components(CPUX86State *env, uint8_t *buf, uint32_t buflen,
                            bool save)
{
    uint64_t mask = env->features[FEAT_XSAVE_XCR0_LO] |
                    env->features[FEAT_XSAVE_XCR0_HI] << 32;
    uint8_t *p;

    p = component(buf, buflen, mask, XSTATE_YMM_BIT, 256);
    for (int i = 0; p && i < 16; i++) {
        move(p + 16 * i, &env->xmm_regs[i].q[2], 16, save);
    }
    p = component(buf, buflen, mask, XSTATE_BNDREGS_BIT, 64);
    if (p) {
        move(p, env->bnd_regs, sizeof(env->bnd_regs), save);
    }
    p = component(buf, buflen, mask, XSTATE_BNDCSR_BIT, 16);
    if (p) {
        move(p, &env->bndcs_regs, sizeof(env->bndcs_regs), save);
    }
    p = component(buf, buflen, mask, XSTATE_OPMASK_BIT, 64);
    if (p) {
        move(p, env->opmask_regs, sizeof(env->opmask_regs), save);
    }
    p = component(buf, buflen, mask, XSTATE_ZMM_Hi256_BIT, 512);
    for (int i = 0; p && i < 16; i++) {
        move(p + 32 * i, &env->xmm_regs[i].q[4], 32, save);
    }
    p = component(buf, buflen, mask, XSTATE_Hi16_ZMM_BIT, 1024);
    for (int i = 0; p && i < 16; i++) {
        move(p + 64 * i, &env->xmm_regs[16 + i], 64, save);
    }
    p = component(buf, buflen, mask, XSTATE_PKRU_BIT, 4);
    if (p) {
        move(p, &env->pkru, sizeof(env->pkru), save);
    }
}

void x86_cpu_xsave_all_areas(X86CPU *cpu, void *buf, uint32_t buflen)
{
    CPUX86State *env = &cpu->env;
    uint8_t *image = buf;

    memset(buf, 0, buflen);
    stw_le_p(image + FCW, env->fpuc);
    stw_le_p(image + FSW, x86_fpu_status(env));
    for (int i = 0; i < 8; i++) {
        image[FTW] |= !env->fptags[i] << i;
        stq_le_p(image + ST + 16 * i, env->fpregs[i].low);
        stw_le_p(image + ST + 16 * i + 8, env->fpregs[i].high);
    }
    stw_le_p(image + FOP, env->fpop);
    stq_le_p(image + FIP, env->fpip);
    stq_le_p(image + FDP, env->fpdp);
    stl_le_p(image + MXCSR, env->mxcsr);
    stl_le_p(image + MXCSR_MASK, 0x0000ffff);
    for (int i = 0; i < 16; i++) {
        memcpy(image + XMM + 16 * i, &env->xmm_regs[i], 16);
    }
    if (buflen >= HEADER + 64) {
        stq_le_p(image + HEADER, env->xstate_bv);
        move_components(env, buf, buflen, true);
    }
}

void x86_cpu_xrstor_all_areas(X86CPU *cpu, const void *buf, uint32_t buflen)
{
    CPUX86State *env = &cpu->env;
    const uint8_t *image = buf;

    env->fpuc = lduw_le_p(image + FCW);
    env->fpus = lduw_le_p(image + FSW);
    env->fpstt = env->fpus >> 11 & 7;
    for (int i = 0; i < 8; i++) {
        env->fptags[i] = !(image[FTW] >> i & 1);
        env->fpregs[i].low = ldq_le_p(image + ST + 16 * i);
        env->fpregs[i].high = lduw_le_p(image + ST + 16 * i + 8);
    }
    env->fpop = lduw_le_p(image + FOP);
    env->fpip = ldq_le_p(image + FIP);
    env->fpdp = ldq_le_p(image + FDP);
    env->mxcsr = ldl_le_p(image + MXCSR);
    for (int i = 0; i < 16; i++) {
        memcpy(&env->xmm_regs[i], image + XMM + 16 * i, 16);
    }
    if (buflen >= HEADER + 64) {
        env->xstate_bv = ldq_le_p(image + HEADER);
        move_components(env, (void *)buf, buflen, false);
    }
}
