/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Letting all CPUs of the guest run only a part of the time: each runs for
 * 10 ms, then sleeps for as long as the percentage asks for. A CPU sleeps in
 * its own thread as work that it was sent, so this holds for every accelerator
 * with such threads, and a CPU that is to stop does not finish its sleep first.
 */
#ifndef SYSTEM_CPU_THROTTLE_H
#define SYSTEM_CPU_THROTTLE_H

/* Once, with the big lock, before the others. */
void cpu_throttle_init(void);
/*
 * Sleeping takes @new_throttle_pct of the time, 1 to 99; what lies outside is
 * taken as the nearest of these. With the big lock.
 */
void cpu_throttle_set(int new_throttle_pct);
/* CPUs run all the time, those that sleep at once. With the big lock. */
void cpu_throttle_stop(void);
/* Whether they are held back; any thread. */
bool cpu_throttle_active(void);
/* By how much: 0 if they are not; any thread. */
int cpu_throttle_get_percentage(void);

#endif
