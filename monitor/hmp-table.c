/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HMP's commands, sorted by name: what "help" prints, what TAB completes, what
 * the manual lists.
 */
#include "qemu/osdep.h"
#include "monitor/hmp.h"
#include "monitor/qdev.h"
#include "qapi/qapi-commands-machine.h"
#include "monitor-internal.h"

HMPCommand hmp_info_cmds[] = {
    {
        .name = "block",
        .args_type = "nodes:-n,verbose:-v,device:B?",
        .params = "[-n] [-v] [device]",
        .help = "show info of one block device or all block devices "
                "(-n: show named nodes; -v: show details)",
        .cmd = hmp_info_block,
    },
    {
        .name = "chardev",
        .args_type = "",
        .params = "",
        .help = "show the character devices",
        .cmd = hmp_info_chardev,
        .flags = "p",
    },
    {
        .name = "history",
        .args_type = "",
        .params = "",
        .help = "show the command line history",
        .cmd = hmp_info_history,
        .flags = "p",
    },
    {
        .name = "irq",
        .args_type = "",
        .params = "",
        .help = "show the interrupts statistics (if available)",
        .cmd_info_hrt = qmp_x_query_irq,
    },
    {
        .name = "kvm",
        .args_type = "",
        .params = "",
        .help = "show KVM information",
        .cmd = hmp_info_kvm,
    },
    {
        .name = "memdev",
        .args_type = "",
        .params = "",
        .help = "show memory backends",
        .cmd = hmp_info_memdev,
        .flags = "p",
    },
    {
        .name = "memory_size_summary",
        .args_type = "",
        .params = "",
        .help = "show the amount of initially allocated and "
                "present hotpluggable (if enabled) memory in bytes.",
        .cmd = hmp_info_memory_size_summary,
    },
    {
        .name = "mtree",
        .args_type = "flatview:-f,dispatch_tree:-d,owner:-o,disabled:-D,"
                     "at:-ps,svg:-ss,as:s?",
        .params = "[-f][-d][-o][-D] [-p addr [as]] [-s file [as]]",
        .help = "show memory tree (-f: dump flat view for address spaces;"
                "-d: dump dispatch tree, valid with -f only);"
                "-o: dump region owners/parents;"
                "-D: dump disabled regions;"
                "-p: who lies at an address, and who answers there;"
                "-s: write a picture to a file (SVG); "
                "as: of this address space",
        .cmd = hmp_info_mtree,
    },
    {
        .name = "name",
        .args_type = "",
        .params = "",
        .help = "show the current VM name",
        .cmd = hmp_info_name,
        .flags = "p",
    },
    {
        .name = "pic",
        .args_type = "",
        .params = "",
        .help = "show PIC state",
        .cmd_info_hrt = qmp_x_query_interrupt_controllers,
    },
    {
        .name = "qdm",
        .args_type = "",
        .params = "",
        .help = "show qdev device model list",
        .cmd = hmp_info_qdm,
    },
    {
        .name = "qom-tree",
        .args_type = "path:s?",
        .params = "[path]",
        .help = "show QOM composition tree",
        .cmd = hmp_info_qom_tree,
        .command_completion = qom_path_completion,
        .flags = "p",
    },
    {
        .name = "qtree",
        .args_type = "brief:-b",
        .params = "[-b]",
        .help = "show device tree (-b: brief, omit properties)",
        .cmd = hmp_info_qtree,
    },
    {
        .name = "ramblock",
        .args_type = "",
        .params = "",
        .help = "Display system ramblock information",
        .cmd = hmp_info_ramblock,
    },
    {
        .name = "status",
        .args_type = "",
        .params = "",
        .help = "show the current VM status (running|paused)",
        .cmd = hmp_info_status,
        .flags = "p",
    },
    {
        .name = "trace-events",
        .args_type = "name:s?,vcpu:i?",
        .params = "[name] [vcpu]",
        .help = "show available trace-events & their state (name: event name "
                "pattern; vcpu: vCPU to query, default is any)",
        .cmd = hmp_info_trace_events,
        .command_completion = info_trace_events_completion,
    },
    {
        .name = "uuid",
        .args_type = "",
        .params = "",
        .help = "show the current VM UUID",
        .cmd = hmp_info_uuid,
        .flags = "p",
    },
    {
        .name = "version",
        .args_type = "",
        .params = "",
        .help = "show the version of QEMU",
        .cmd = hmp_info_version,
        .flags = "p",
    },
    { /* end of the table */ }
};

HMPCommand hmp_cmds[] = {
    {
        .name = "chardev-add",
        .args_type = "args:s",
        .params = "args",
        .help = "add chardev",
        .cmd = hmp_chardev_add,
        .command_completion = chardev_add_completion,
    },
    {
        .name = "chardev-change",
        .args_type = "id:s,args:s",
        .params = "id args",
        .help = "change chardev",
        .cmd = hmp_chardev_change,
        .command_completion = chardev_remove_completion,
    },
    {
        .name = "chardev-remove",
        .args_type = "id:s",
        .params = "id",
        .help = "remove chardev",
        .cmd = hmp_chardev_remove,
        .command_completion = chardev_remove_completion,
    },
    {
        .name = "chardev-send-break",
        .args_type = "id:s",
        .params = "id",
        .help = "send a break on chardev",
        .cmd = hmp_chardev_send_break,
        .command_completion = chardev_remove_completion,
    },
    {
        .name = "closefd",
        .args_type = "fdname:s",
        .params = "closefd name",
        .help = "close a file descriptor previously passed via SCM rights",
        .cmd = hmp_closefd,
        .flags = "p",
    },
    {
        .name = "cont|c",
        .args_type = "",
        .params = "",
        .help = "resume emulation",
        .cmd = hmp_cont,
    },
    {
        .name = "device_add",
        .args_type = "device:O",
        .params = "driver[,prop=value][,...]",
        .help = "add device, like -device on the command line",
        .cmd = hmp_device_add,
        .command_completion = device_add_completion,
    },
    {
        .name = "device_del",
        .args_type = "id:s",
        .params = "device",
        .help = "remove device",
        .cmd = hmp_device_del,
        .command_completion = device_del_completion,
    },
    {
        .name = "getfd",
        .args_type = "fdname:s",
        .params = "getfd name",
        .help = "receive a file descriptor via SCM rights and assign it a "
                "name",
        .cmd = hmp_getfd,
        .flags = "p",
    },
    {
        .name = "gpa2hva",
        .args_type = "addr:l",
        .params = "addr",
        .help = "print the host virtual address corresponding to a guest "
                "physical address",
        .cmd = hmp_gpa2hva,
    },
    {
        .name = "help|?",
        .args_type = "name:S?",
        .params = "[cmd]",
        .help = "show the help",
        .cmd = hmp_help,
        .flags = "p",
    },
    {
        .name = "i",
        .args_type = "fmt:/,addr:i,index:i.",
        .params = "/fmt addr",
        .help = "I/O port read",
        .cmd = hmp_ioport_read,
    },
    {
        .name = "info",
        .args_type = "item:s?",
        .params = "[subcommand]",
        .help = "show various information about the system state",
        .cmd = hmp_info_help,
        .sub_table = hmp_info_cmds,
        .flags = "p",
    },
    {
        .name = "log",
        .args_type = "items:s",
        .params = "item1[,...]",
        .help = "activate logging of the specified items",
        .cmd = hmp_log,
    },
    {
        .name = "logfile",
        .args_type = "filename:F",
        .params = "filename",
        .help = "output logs to 'filename'",
        .cmd = hmp_logfile,
    },
    {
        .name = "o",
        .args_type = "fmt:/,addr:i,val:i",
        .params = "/fmt addr value",
        .help = "I/O port write",
        .cmd = hmp_ioport_write,
    },
    {
        .name = "object_add",
        .args_type = "object:S",
        .params = "[qom-type=]type,id=str[,prop=value][,...]",
        .help = "create QOM object",
        .cmd = hmp_object_add,
        .command_completion = object_add_completion,
        .flags = "p",
    },
    {
        .name = "object_del",
        .args_type = "id:s",
        .params = "id",
        .help = "destroy QOM object",
        .cmd = hmp_object_del,
        .command_completion = object_del_completion,
        .flags = "p",
    },
    {
        .name = "pmemsave",
        .args_type = "val:l,size:i,filename:s",
        .params = "addr size file",
        .help = "save to disk physical memory dump starting at 'addr' of size "
                "'size'",
        .cmd = hmp_pmemsave,
    },
    {
        .name = "print|p",
        .args_type = "fmt:/,val:l",
        .params = "/fmt expr",
        .help = "print expression value (use $reg for CPU register access)",
        .cmd = hmp_print,
    },
    {
        .name = "qom-get",
        .args_type = "path:s,property:s",
        .params = "path property",
        .help = "print QOM property",
        .cmd = hmp_qom_get,
        .command_completion = qom_path_completion,
        .flags = "p",
    },
    {
        .name = "qom-list",
        .args_type = "path:s?",
        .params = "path",
        .help = "list QOM properties",
        .cmd = hmp_qom_list,
        .command_completion = qom_path_completion,
        .flags = "p",
    },
    {
        .name = "qom-set",
        .args_type = "json:-j,path:s,property:s,value:S",
        .params = "[-j] path property value",
        .help = "set QOM property.\n\t\t\t"
                "-j: the value is specified in json format.",
        .cmd = hmp_qom_set,
        .command_completion = qom_path_completion,
        .flags = "p",
    },
    {
        .name = "quit|q",
        .args_type = "",
        .params = "",
        .help = "quit the emulator",
        .cmd = hmp_quit,
        .flags = "p",
    },
    {
        .name = "ringbuf_read",
        .args_type = "device:s,size:i",
        .params = "device size",
        .help = "Read from a ring buffer character device",
        .cmd = hmp_ringbuf_read,
        .command_completion = ringbuf_write_completion,
    },
    {
        .name = "ringbuf_write",
        .args_type = "device:s,data:s",
        .params = "device data",
        .help = "Write to a ring buffer character device",
        .cmd = hmp_ringbuf_write,
        .command_completion = ringbuf_write_completion,
    },
    {
        .name = "stop|s",
        .args_type = "",
        .params = "",
        .help = "stop emulation",
        .cmd = hmp_stop,
    },
    {
        .name = "system_powerdown",
        .args_type = "",
        .params = "",
        .help = "send system power down event",
        .cmd = hmp_system_powerdown,
    },
    {
        .name = "system_reset",
        .args_type = "",
        .params = "",
        .help = "reset the system",
        .cmd = hmp_system_reset,
    },
    {
        .name = "trace-event",
        .args_type = "name:s,option:b,vcpu:i?",
        .params = "name on|off [vcpu]",
        .help = "changes status of a specific trace event (vcpu: vCPU to set, "
                "default is all)",
        .cmd = hmp_trace_event,
        .command_completion = trace_event_completion,
    },
    {
        .name = "xp",
        .args_type = "fmt:/,addr:l",
        .params = "/fmt addr",
        .help = "physical memory dump starting at 'addr'",
        .cmd = hmp_physical_memory_dump,
    },
    { /* end of the table */ }
};
    {
        .name = "system_wakeup",
        .args_type = "",
        .params = "",
        .help = "wakeup guest from suspend",
        .cmd = hmp_system_wakeup,
    },
