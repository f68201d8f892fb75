/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel module for the test guest: proximity domain N is node N.
 *
 * virtio-mem names a node by its ACPI proximity domain. Linux learns these from
 * the ACPI table SRAT, which a guest that boots from a device tree does not
 * have; so here they are entered in the same way, one after the other, as the
 * table's parser does. Loaded before virtio_mem.
 */
#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/nodemask.h>

static int __init pxm_nodes_init(void)
{
    int node;

    for_each_online_node(node)
    {
        int known = acpi_map_pxm_to_node(node);

        if (known != node)
            pr_warn("pxm_nodes: domain %d is node %d\n", node, known);
    }
    return 0;
}

static void __exit pxm_nodes_exit(void)
{
}

module_init(pxm_nodes_init);
module_exit(pxm_nodes_exit);
MODULE_DESCRIPTION("Test guest: ACPI proximity domains without ACPI");
MODULE_LICENSE("GPL");
