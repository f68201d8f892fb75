/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every call into the kernel's KVM goes through here: tests put a hook in its
 * place, and changes of mapped memory keep others out meanwhile.
 */
#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include "kvm-internal.h"
#include "qapi/error.h"
#include "system/accel-blocker.h"

KVMIoctlHook *kvm_ioctl_hook;

int kvm_raw_ioctl(int fd, unsigned long type, void *arg)
{
    int ret;

    if (unlikely(kvm_ioctl_hook) && kvm_ioctl_hook(fd, type, arg, &ret)) {
        return ret;
    }
    ret = ioctl(fd, type, arg);
    return ret == -1 ? -errno : ret;
}

/* The one argument, if any: all of KVM's are a pointer or a word. */
#define TAKE_ARGUMENT(arg, last)                                               \
    do {                                                                       \
        va_list ap;                                                            \
                                                                               \
        va_start(ap, last);                                                    \
        (arg) = va_arg(ap, void *);                                            \
        va_end(ap);                                                            \
    } while (0)

int kvm_ioctl(KVMState *s, unsigned long type, ...)
{
    void *arg;

    TAKE_ARGUMENT(arg, type);
    return kvm_raw_ioctl(s->fd, type, arg);
}

int kvm_vm_ioctl(KVMState *s, unsigned long type, ...)
{
    void *arg;
    int ret;

    TAKE_ARGUMENT(arg, type);
    accel_ioctl_begin();
    ret = kvm_raw_ioctl(s->vmfd, type, arg);
    accel_ioctl_end();
    return ret;
}

int kvm_vcpu_ioctl(CPUState *cpu, unsigned long type, ...)
{
    void *arg;
    int ret;

    TAKE_ARGUMENT(arg, type);
    accel_cpu_ioctl_begin(cpu);
    ret = kvm_raw_ioctl(cpu->kvm_fd, type, arg);
    accel_cpu_ioctl_end(cpu);
    return ret;
}

int kvm_device_ioctl(int fd, unsigned long type, ...)
{
    void *arg;
    int ret;

    TAKE_ARGUMENT(arg, type);
    accel_ioctl_begin();
    ret = kvm_raw_ioctl(fd, type, arg);
    accel_ioctl_end();
    return ret;
}

/* ---- capabilities -------------------------------------------------------- */

int kvm_check_extension(KVMState *s, unsigned int extension)
{
    int ret = kvm_ioctl(s, KVM_CHECK_EXTENSION, (uintptr_t)extension);

    return MAX(ret, 0);
}

int kvm_vm_check_extension(KVMState *s, unsigned int extension)
{
    int ret = kvm_vm_ioctl(s, KVM_CHECK_EXTENSION, (uintptr_t)extension);

    /* Kernels before 3.15 have no such ioctl of a machine. */
    return ret < 0 ? kvm_check_extension(s, extension) : ret;
}

bool kvm_has_sync_mmu(void)
{
    return kvm_state->sync_mmu;
}

int kvm_has_vcpu_events(void)
{
    return kvm_state->vcpu_events;
}

int kvm_max_nested_state_length(void)
{
    return kvm_state->max_nested_state_len;
}

bool kvm_arm_supports_user_irq(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_ARM_USER_IRQ);
}

/* ---- attributes and devices ---------------------------------------------- */

int kvm_vm_check_attr(KVMState *s, uint32_t group, uint64_t attr)
{
    struct kvm_device_attr attribute = { .group = group, .attr = attr };

    if (!kvm_vm_check_extension(s, KVM_CAP_VM_ATTRIBUTES)) {
        return 0;
    }
    return kvm_vm_ioctl(s, KVM_HAS_DEVICE_ATTR, &attribute) == 0;
}

int kvm_device_check_attr(int fd, uint32_t group, uint64_t attr)
{
    struct kvm_device_attr attribute = { .group = group, .attr = attr };

    return kvm_device_ioctl(fd, KVM_HAS_DEVICE_ATTR, &attribute) == 0;
}

int kvm_device_access(int fd, int group, uint64_t attr, void *val, bool write,
                      Error **errp)
{
    struct kvm_device_attr attribute = {
        .group = group,
        .attr = attr,
        .addr = (uintptr_t)val,
    };
    int ret = kvm_device_ioctl(
        fd, write ? KVM_SET_DEVICE_ATTR : KVM_GET_DEVICE_ATTR, &attribute);

    if (ret < 0) {
        error_setg_errno(
            errp, -ret,
            "KVM_%s_DEVICE_ATTR failed: Group %d attr 0x%016" PRIx64,
            write ? "SET" : "GET", group, attr);
    }
    return ret;
}

static int create_device(int vmfd, uint64_t type, bool test)
{
    struct kvm_create_device device = {
        .type = type,
        .fd = -1,
        .flags = test ? KVM_CREATE_DEVICE_TEST : 0,
    };
    int ret = kvm_device_ioctl(vmfd, KVM_CREATE_DEVICE, &device);

    return ret < 0 || test ? ret : device.fd;
}

int kvm_create_device(KVMState *s, uint64_t type, bool test)
{
    if (!kvm_vm_check_extension(s, KVM_CAP_DEVICE_CTRL)) {
        return -ENOTSUP;
    }
    return create_device(s->vmfd, type, test);
}

bool kvm_device_supported(int vmfd, uint64_t type)
{
    int ret = kvm_raw_ioctl(vmfd, KVM_CHECK_EXTENSION,
                            (void *)(uintptr_t)KVM_CAP_DEVICE_CTRL);

    return ret > 0 && create_device(vmfd, type, true) >= 0;
}

int kvm_set_one_reg(CPUState *cs, uint64_t id, void *source)
{
    struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)source };

    return kvm_vcpu_ioctl(cs, KVM_SET_ONE_REG, &reg);
}

int kvm_get_one_reg(CPUState *cs, uint64_t id, void *target)
{
    struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)target };

    return kvm_vcpu_ioctl(cs, KVM_GET_ONE_REG, &reg);
}
