/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's clock of the guest (kvmclock): it stands still while the machine is
 * stopped, and migrates.
 */
#ifndef HW_KVM_CLOCK_H
#define HW_KVM_CLOCK_H

/*
 * Makes the machine's clock device, if KVM is used and, without
 * @create_always, a CPU shows it to the guest. At most once. With the BQL.
 */
void kvmclock_create(bool create_always);

#endif
