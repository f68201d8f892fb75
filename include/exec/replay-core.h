/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording a run and playing it again: this program does neither, so the mode
 * is always "none", and what could not be recorded is no obstacle.
 */
#ifndef EXEC_REPLAY_H
#define EXEC_REPLAY_H

typedef enum ReplayMode {
    REPLAY_MODE_NONE,
    REPLAY_MODE_RECORD,
    REPLAY_MODE_PLAY,
} ReplayMode;

#define replay_mode REPLAY_MODE_NONE

/* The feature cannot be recorded. */
static inline void replay_add_blocker(const char *feature)
{
}

#endif
