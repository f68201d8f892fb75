/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The balloon's statistics (virtio 1.2, section 5.5.6.3). The driver has one
 * buffer in the queue at all times; to give it back is to ask for new figures.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-access.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/iov.h"
#include "virtio-balloon-internal.h"

/* As the property has had them before the specification named the last. */
static const char *const stat_names[] = {
    [VIRTIO_BALLOON_S_SWAP_IN] = "stat-swap-in",
    [VIRTIO_BALLOON_S_SWAP_OUT] = "stat-swap-out",
    [VIRTIO_BALLOON_S_MAJFLT] = "stat-major-faults",
    [VIRTIO_BALLOON_S_MINFLT] = "stat-minor-faults",
    [VIRTIO_BALLOON_S_MEMFREE] = "stat-free-memory",
    [VIRTIO_BALLOON_S_MEMTOT] = "stat-total-memory",
    [VIRTIO_BALLOON_S_AVAIL] = "stat-available-memory",
    [VIRTIO_BALLOON_S_CACHES] = "stat-disk-caches",
    [VIRTIO_BALLOON_S_HTLB_PGALLOC] = "stat-htlb-pgalloc",
    [VIRTIO_BALLOON_S_HTLB_PGFAIL] = "stat-htlb-pgfail",
    [VIRTIO_BALLOON_S_OOM_KILL] = "stat-oom-kills",
    [VIRTIO_BALLOON_S_ALLOC_STALL] = "stat-alloc-stalls",
    [VIRTIO_BALLOON_S_ASYNC_SCAN] = "stat-async-scans",
    [VIRTIO_BALLOON_S_DIRECT_SCAN] = "stat-direct-scans",
    [VIRTIO_BALLOON_S_ASYNC_RECLAIM] = "stat-async-reclaims",
    [VIRTIO_BALLOON_S_DIRECT_RECLAIM] = "stat-direct-reclaims",
};

static bool is_polling(const VirtIOBalloon *s)
{
    return s->stats_poll_interval > 0;
}

static void arm(VirtIOBalloon *s)
{
    timer_mod(s->stats_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                                  s->stats_poll_interval * 1000);
}

static void ask(void *opaque)
{
    VirtIOBalloon *s = opaque;
    VirtIODevice *vdev = VIRTIO_DEVICE(s);

    if (!s->stats_vq_elem ||
        !virtio_vdev_has_feature(vdev, VIRTIO_BALLOON_F_STATS_VQ)) {
        arm(s);
        return;
    }
    virtqueue_push(s->svq, s->stats_vq_elem, 0);
    virtio_notify(vdev, s->svq);
    g_free(g_steal_pointer(&s->stats_vq_elem));
}

void virtio_balloon_reset_stats(VirtIOBalloon *s)
{
    for (int i = 0; i < VIRTIO_BALLOON_S_NR; i++) {
        s->stats[i] = -1;
    }
    s->stats_last_update = 0;
}

/* The driver's figures; a tag that we do not know is from a newer one. */
static void read_stats(VirtIOBalloon *s, const VirtQueueElement *elem)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(s);
    VirtIOBalloonStat stat;
    size_t at = 0;

    while (at < VIRTIO_BALLOON_S_NR * 16 * sizeof(stat) &&
           iov_to_buf(elem->out_sg, elem->out_num, at, &stat, sizeof(stat)) ==
               sizeof(stat)) {
        uint16_t tag = virtio_tswap16(vdev, stat.tag);

        if (tag < VIRTIO_BALLOON_S_NR) {
            s->stats[tag] = virtio_tswap64(vdev, stat.val);
        }
        at += sizeof(stat);
    }
    s->stats_vq_offset = at;
}

void virtio_balloon_receive_stats(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(vdev);
    VirtQueueElement *elem = virtqueue_pop(vq, sizeof(*elem));

    if (!elem) {
        return;
    }
    if (s->stats_vq_elem) {
        /* A driver that puts in a second one gets the first one back. */
        virtqueue_push(vq, s->stats_vq_elem, 0);
        virtio_notify(vdev, vq);
        g_free(s->stats_vq_elem);
    }
    s->stats_vq_elem = elem;
    virtio_balloon_reset_stats(s);
    read_stats(s, elem);
    s->stats_last_update = g_get_real_time() / G_USEC_PER_SEC;
    if (is_polling(s)) {
        arm(s);
    }
}

void virtio_balloon_unpop_stats(VirtIOBalloon *s)
{
    if (s->stats_vq_elem) {
        virtqueue_unpop(s->svq, s->stats_vq_elem, 0);
        g_free(g_steal_pointer(&s->stats_vq_elem));
    }
}

void virtio_balloon_resume_stats(VirtIOBalloon *s)
{
    if (is_polling(s)) {
        arm(s);
    }
}

void virtio_balloon_stop_stats(VirtIOBalloon *s)
{
    g_clear_pointer(&s->stats_timer, timer_free);
    s->stats_poll_interval = 0;
}

/*** The properties. ***/

static void get_stats(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(obj);
    bool ok;

    if (!visit_start_struct(v, name, NULL, 0, errp)) {
        return;
    }
    ok = visit_type_int(v, "last-update", &s->stats_last_update, errp) &&
         visit_start_struct(v, "stats", NULL, 0, errp);
    if (ok) {
        for (int i = 0; ok && i < VIRTIO_BALLOON_S_NR; i++) {
            ok = visit_type_uint64(v, stat_names[i], &s->stats[i], errp);
        }
        ok = ok && visit_check_struct(v, errp);
        visit_end_struct(v, NULL);
    }
    if (ok) {
        visit_check_struct(v, errp);
    }
    visit_end_struct(v, NULL);
}

static void get_interval(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    visit_type_int(v, name, &VIRTIO_BALLOON(obj)->stats_poll_interval, errp);
}

static void set_interval(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    VirtIOBalloon *s = VIRTIO_BALLOON(obj);
    int64_t value;

    if (!visit_type_int(v, name, &value, errp)) {
        return;
    }
    if (value < 0) {
        error_setg(errp, "timer value must be greater than zero");
    } else if (value > UINT32_MAX) {
        error_setg(errp, "timer value is too big");
    } else if (value == 0) {
        virtio_balloon_stop_stats(s);
    } else if (value != s->stats_poll_interval) {
        if (!s->stats_timer) {
            s->stats_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, ask, s);
        }
        /* The first time is now, so that the figures are soon there. */
        if (!is_polling(s)) {
            timer_mod(s->stats_timer, qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL));
            s->stats_poll_interval = value;
        } else {
            s->stats_poll_interval = value;
            arm(s);
        }
    }
}

void virtio_balloon_add_stats_properties(Object *obj)
{
    object_property_add(obj, "guest-stats", "guest statistics", get_stats,
                        NULL, NULL, NULL);
    object_property_add(obj, "guest-stats-polling-interval", "int",
                        get_interval, set_interval, NULL, NULL);
}
