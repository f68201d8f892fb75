/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSRs that KVM refuses: each is named once and the others arrive; without some
 * the guest does not go on. The kernel is a hook.
 */
#include "qemu/osdep.h"
#include "accel/kvm/kvm-internal.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/accel-blocker.h"
#include "target/x86/kvm/kvm-internal.h"

static const uint32_t known[] = {
    MSR_IA32_SYSENTER_EIP, MSR_PAT,     MSR_STAR, MSR_LSTAR, MSR_TSC_AUX,
    MSR_IA32_MISC_ENABLE,  MSR_K7_HWCR,
};

static CPUState *cpu;
static uint32_t refused[2];
static uint64_t value[ARRAY_SIZE(known)];

static int list_msrs(struct kvm_msr_list *list)
{
    bool fits = list->nmsrs >= ARRAY_SIZE(known);

    list->nmsrs = ARRAY_SIZE(known);
    if (fits) {
        memcpy(list->indices, known, sizeof(known));
    }
    return fits ? 0 : -E2BIG;
}

/* As many as it takes from the first on. */
static int access_msrs(struct kvm_msrs *list, bool set)
{
    for (uint32_t n = 0; n < list->nmsrs; n++) {
        struct kvm_msr_entry *e = &list->entries[n];

        if (e->index == refused[0] || e->index == refused[1]) {
            return n;
        }
        for (int i = 0; i < ARRAY_SIZE(known); i++) {
            if (known[i] == e->index && set) {
                value[i] = e->data;
            } else if (known[i] == e->index) {
                e->data = value[i];
            }
        }
    }
    return list->nmsrs;
}

static bool hook(int fd, unsigned long type, void *arg, int *ret)
{
    switch (type) {
    case KVM_GET_MSR_INDEX_LIST:
        *ret = list_msrs(arg);
        break;
    case KVM_SET_MSRS:
        *ret = access_msrs(arg, true);
        break;
    case KVM_GET_MSRS:
        *ret = access_msrs(arg, false);
        break;
    default:
        *ret = 0;
        break;
    }
    return true;
}

static void test_put(void)
{
    CPUX86State *env = cpu_env(cpu);

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*MSR 0x277 to 0x7: it keeps its value*"
                                  "MSR 0xc0010015 to 0x9: it keeps*");
        g_test_trap_assert_stderr_unmatched("*MSR 0x277*MSR 0x277*");
        return;
    }
    refused[0] = MSR_PAT;
    refused[1] = MSR_K7_HWCR;
    env->pat = 7;
    env->msr_hwcr = 9;
    env->lstar = 0x1234;
    env->msr_ia32_misc_enable = 5;
    for (int i = 0; i < 3; i++) {
        g_assert_cmpint(kvm_x86_put_msrs(X86_CPU(cpu), KVM_PUT_RUNTIME_STATE),
                        ==, 0);
    }
    g_assert_cmphex(value[3], ==, 0x1234);
    g_assert_cmphex(value[5], ==, 5);
}

static void test_vital(void)
{
    CPUX86State *env = cpu_env(cpu);

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*MSR 0xc0000082 to 0x1234, without which*");
        return;
    }
    refused[0] = MSR_LSTAR;
    env->lstar = 0; /* as after a reset: nobody has set it */
    g_assert_cmpint(kvm_x86_put_msrs(X86_CPU(cpu), KVM_PUT_RUNTIME_STATE), ==,
                    0);
    env->lstar = 0x1234;
    g_assert_cmpint(kvm_x86_put_msrs(X86_CPU(cpu), KVM_PUT_RUNTIME_STATE), ==,
                    -EINVAL);
}

static void test_get(void)
{
    CPUX86State *env = cpu_env(cpu);

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, 0);
        g_test_trap_assert_passed();
        g_test_trap_assert_stderr("*cannot read MSR 0x277*MSR 0xc0000103*");
        return;
    }
    refused[0] = MSR_PAT;
    refused[1] = MSR_TSC_AUX;
    env->pat = 7;
    value[2] = 0x77;
    value[3] = 0x1234;
    for (int i = 0; i < 2; i++) {
        g_assert_cmpint(kvm_x86_get_msrs(X86_CPU(cpu)), ==, 0);
    }
    g_assert_cmphex(env->star, ==, 0x77);
    g_assert_cmphex(env->lstar, ==, 0x1234);
    g_assert_cmphex(env->pat, ==, 7);
}

int main(int argc, char **argv)
{
    Object *accel;
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init_main_loop(&error_abort);
    bql_lock();
    module_call_init(MODULE_INIT_QOM);
    accel_blocker_init();
    accel = object_new(TYPE_KVM_ACCEL);
    kvm_state = KVM_STATE(accel);
    kvm_ioctl_hook = hook;
    cpu = CPU(object_new(X86_CPU_TYPE_NAME("base")));
    X86_CPU(cpu)->phys_bits = 40; /* as when it is realized */
    g_test_add_func("/x86/msr/put", test_put);
    g_test_add_func("/x86/msr/vital", test_vital);
    g_test_add_func("/x86/msr/get", test_get);
    ret = g_test_run();
    object_unref(OBJECT(cpu));
    kvm_state = NULL;
    object_unref(accel);
    return ret;
}
