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
        .name = "balloon",
        .args_type = "",
        .params = "",
        .help = "show balloon information",
        .cmd = hmp_info_balloon,
    },
    {
        .name = "block",
        .args_type = "nodes:-n,verbose:-v,device:B?",
        .params = "[-n] [-v] [device]",
        .help = "show info of one block device or all block devices "
                "(-n: show named nodes; -v: show details)",
        .cmd = hmp_info_block,
    },
    {
        .name = "blockstats",
        .args_type = "",
        .params = "",
        .help = "show block device statistics",
        .cmd = hmp_info_blockstats,
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
        .name = "cpus",
        .args_type = "",
        .params = "",
        .help = "show infos for each CPU",
        .cmd = hmp_info_cpus,
    },
    {
        .name = "dirty_rate",
        .args_type = "",
        .params = "",
        .help = "show dirty rate information",
        .cmd = hmp_info_dirty_rate,
    },
    {
        .name = "dump",
        .args_type = "",
        .params = "",
        .help = "show how far a dump of memory has come",
        .cmd = hmp_info_dump,
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
        .name = "hotpluggable-cpus",
        .args_type = "",
        .params = "",
        .help = "Show information about hotpluggable CPUs",
        .cmd = hmp_info_hotpluggable_cpus,
        .flags = "p",
    },
    {
        .name = "iothreads",
        .args_type = "",
        .params = "",
        .help = "show iothreads",
        .cmd = hmp_info_iothreads,
    },
    {
        .name = "irq",
        .args_type = "",
        .params = "",
        .help = "show the interrupts statistics (if available)",
        .cmd_info_hrt = qmp_x_query_irq,
    },
    {
        .name = "jit",
        .args_type = "",
        .params = "",
        .help = "show dynamic compiler info",
        .cmd_info_hrt = qmp_x_query_jit,
    },
    {
        .name = "kvm",
        .args_type = "",
        .params = "",
        .help = "show KVM information",
        .cmd = hmp_info_kvm,
    },
    {
        .name = "lapic",
        .args_type = "apic-id:i?",
        .params = "[apic-id]",
        .help =
            "show local apic state (apic-id: local apic to read, default is "
            "which of current CPU)",
    },
    {
        .name = "mem",
        .args_type = "",
        .params = "",
        .help = "show the active virtual memory mappings",
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
        .name = "memory-devices",
        .args_type = "",
        .params = "",
        .help = "show memory devices",
        .cmd = hmp_info_memory_devices,
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
        .name = "mice",
        .args_type = "",
        .params = "",
        .help = "show which guest mouse is receiving events",
        .cmd = hmp_info_mice,
    },
    {
        .name = "migrate",
        .args_type = "",
        .params = "",
        .help = "show migration status",
        .cmd = hmp_info_migrate,
    },
    {
        .name = "migrate_capabilities",
        .args_type = "",
        .params = "",
        .help = "show current migration capabilities",
        .cmd = hmp_info_migrate_capabilities,
    },
    {
        .name = "migrate_parameters",
        .args_type = "",
        .params = "",
        .help = "show current migration parameters",
        .cmd = hmp_info_migrate_parameters,
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
        .name = "numa",
        .args_type = "",
        .params = "",
        .help = "show NUMA information",
        .cmd_info_hrt = qmp_x_query_numa,
    },
    {
        .name = "pci",
        .args_type = "",
        .params = "",
        .help = "show PCI info",
        .cmd = hmp_info_pci,
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
        .name = "registers",
        .args_type = "cpustate_all:-a,vcpu:i?",
        .params = "[-a|vcpu]",
        .help =
            "show the cpu registers (-a: show register info for all cpus;"
            " vcpu: specific vCPU to query; show the current CPU's registers if"
            " no argument is specified)",
        .cmd = hmp_info_registers,
    },
    {
        .name = "roms",
        .args_type = "",
        .params = "",
        .help = "show roms",
        .cmd_info_hrt = qmp_x_query_roms,
    },
    {
        .name = "stats",
        .args_type = "target:s,names:s?,provider:s?",
        .params = "target [names] [provider]",
        .help = "show statistics for the given target (vm or vcpu); optionally "
                "filter by name (comma-separated list, or * for all) and "
                "provider",
        .cmd = hmp_info_stats,
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
    {
        .name = "virtio",
        .args_type = "",
        .params = "",
        .help = "List all available virtio devices",
        .cmd = hmp_virtio_query,
        .flags = "p",
    },
    {
        .name = "virtio-queue-element",
        .args_type = "path:s,queue:i,index:i?",
        .params = "path queue [index]",
        .help = "Display element of a given virtio queue",
        .cmd = hmp_virtio_queue_element,
        .flags = "p",
    },
    {
        .name = "virtio-queue-status",
        .args_type = "path:s,queue:i",
        .params = "path queue",
        .help = "Display status of a given virtio queue",
        .cmd = hmp_virtio_queue_status,
        .flags = "p",
    },
    {
        .name = "virtio-status",
        .args_type = "path:s",
        .params = "path",
        .help = "Display status of a given virtio device",
        .cmd = hmp_virtio_status,
        .flags = "p",
    },
    {
        .name = "virtio-vhost-queue-status",
        .args_type = "path:s,queue:i",
        .params = "path queue",
        .help = "Display status of a given vhost queue",
        .cmd = hmp_vhost_queue_status,
        .flags = "p",
    },
    {
        .name = "vnc",
        .args_type = "",
        .params = "",
        .help = "show the vnc server status",
        .cmd = hmp_info_vnc,
    },
    { /* end of the table */ }
};

HMPCommand hmp_cmds[] = {
    {
        .name = "balloon",
        .args_type = "value:M",
        .params = "target",
        .help = "request VM to change its memory allocation (in MB)",
        .cmd = hmp_balloon,
    },
    {
        .name = "block_resize",
        .args_type = "device:B,size:o",
        .params = "device size",
        .help = "resize a block image",
        .cmd = hmp_block_resize,
        .flags = "p",
    },
    {
        .name = "boot_set",
        .args_type = "bootdevice:s",
        .params = "bootdevice",
        .help = "define new values for the boot device list",
        .cmd = hmp_boot_set,
    },
    {
        .name = "calc_dirty_rate",
        .args_type = "dirty_ring:-r,dirty_bitmap:-b,second:l,"
                     "sample_pages_per_GB:l?",
        .params = "[-r] [-b] second [sample_pages_per_GB]",
        .help = "start a round of guest dirty rate measurement (using -r to"
                "\n\t\t\t specify dirty ring as the method of calculation and"
                "\n\t\t\t -b to specify dirty bitmap as method of "
                "calculation)",
        .cmd = hmp_calc_dirty_rate,
    },
    {
        .name = "change",
        .args_type = "device:B,force:-f,target:F,arg:s?,read-only-mode:s?",
        .params = "device [-f] filename [format [read-only-mode]]",
        .help = "change a removable medium, optional format, "
                "use -f to force the operation",
        .cmd = hmp_change,
    },
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
        .name = "cpu",
        .args_type = "index:i",
        .params = "index",
        .help = "set the default CPU",
        .cmd = hmp_cpu,
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
        .name = "dump-guest-memory",
        .args_type = "paging:-p,detach:-d,windmp:-w,zlib:-z,lzo:-l,"
                     "snappy:-s,raw:-R,filename:F,begin:l?,length:l?",
        .params = "[-p] [-d] [-z|-l|-s|-w] [-R] filename [begin length]",
        .help = "dump the guest's memory, or 'length' bytes from the physical "
                "address 'begin', into file 'filename' (-d: do not wait)",
        .cmd = hmp_dump_guest_memory,
    },
    {
        .name = "dumpdtb",
        .args_type = "filename:F",
        .params = "filename",
        .help = "dump the FDT in dtb format to 'filename'",
        .cmd = hmp_dumpdtb,
    },
    {
        .name = "exit_preconfig",
        .args_type = "",
        .params = "",
        .help = "exit the preconfig state",
        .cmd = hmp_exit_preconfig,
        .flags = "p",
    },
    {
        .name = "expire_password",
        .args_type = "protocol:s,time:s,display:-ds",
        .params = "protocol time [-d display]",
        .help = "set spice/vnc password expire-time",
        .cmd = hmp_expire_password,
    },
    {
        .name = "gdbserver",
        .args_type = "device:s?",
        .params = "[device]",
        .help = "start gdbserver on given device (default 'tcp::1234'), stop "
                "with 'none'",
        .cmd = hmp_gdbserver,
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
        .name = "gpa2hpa",
        .args_type = "addr:l",
        .params = "addr",
        .help = "print the host physical address corresponding to a guest "
                "physical address",
        .cmd = hmp_gpa2hpa,
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
        .name = "gva2gpa",
        .args_type = "addr:l",
        .params = "addr",
        .help = "print the guest physical address corresponding to a guest "
                "virtual address",
        .cmd = hmp_gva2gpa,
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
        .name = "memsave",
        .args_type = "val:l,size:i,filename:s",
        .params = "addr size file",
        .help = "save to disk virtual memory dump starting at 'addr' of size "
                "'size'",
        .cmd = hmp_memsave,
    },
    {
        .name = "migrate",
        .args_type = "detach:-d,resume:-r,uri:s",
        .params = "[-d] [-r] uri",
        .help = "migrate to URI (using -d to not wait for completion)",
        .cmd = hmp_migrate,
    },
    {
        .name = "migrate_cancel",
        .args_type = "",
        .params = "",
        .help = "cancel the current VM migration",
        .cmd = hmp_migrate_cancel,
    },
    {
        .name = "migrate_continue",
        .args_type = "state:s",
        .params = "state",
        .help = "Continue migration from the given paused state",
        .cmd = hmp_migrate_continue,
    },
    {
        .name = "migrate_incoming",
        .args_type = "uri:s",
        .params = "uri",
        .help = "Continue an incoming migration from an -incoming defer",
        .cmd = hmp_migrate_incoming,
    },
    {
        .name = "migrate_pause",
        .args_type = "",
        .params = "",
        .help = "Pause an ongoing migration (postcopy-only)",
        .cmd = hmp_migrate_pause,
    },
    {
        .name = "migrate_recover",
        .args_type = "uri:s",
        .params = "uri",
        .help = "Continue a paused incoming postcopy migration",
        .cmd = hmp_migrate_recover,
    },
    {
        .name = "migrate_set_capability",
        .args_type = "capability:s,state:b",
        .params = "capability state",
        .help = "Enable/Disable the usage of a capability for migration",
        .cmd = hmp_migrate_set_capability,
    },
    {
        .name = "migrate_set_parameter",
        .args_type = "parameter:s,value:s",
        .params = "parameter value",
        .help = "Set the parameter for migration",
        .cmd = hmp_migrate_set_parameter,
    },
    {
        .name = "migrate_start_postcopy",
        .args_type = "",
        .params = "",
        .help = "Followup to a migration command to switch the migration to "
                "postcopy mode. The postcopy-ram capability must be set on "
                "both source and destination before the original migration "
                "command.",
        .cmd = hmp_migrate_start_postcopy,
    },
    {
        .name = "mouse_button",
        .args_type = "button_state:i",
        .params = "state",
        .help = "change mouse button state (1=L, 2=M, 4=R)",
        .cmd = hmp_mouse_button,
    },
    {
        .name = "mouse_move",
        .args_type = "dx_str:s,dy_str:s,dz_str:s?",
        .params = "dx dy [dz]",
        .help = "send mouse move events",
        .cmd = hmp_mouse_move,
    },
    {
        .name = "mouse_set",
        .args_type = "index:i",
        .params = "index",
        .help = "set which mouse device receives events",
        .cmd = hmp_mouse_set,
    },
    {
        .name = "nmi",
        .args_type = "",
        .params = "",
        .help = "inject an NMI",
        .cmd = hmp_nmi,
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
        .name = "one-insn-per-tb",
        .args_type = "option:s?",
        .params = "[on|off]",
        .help = "run emulation with one guest instruction per translation "
                "block",
        .cmd = hmp_one_insn_per_tb,
    },
    {
        .name = "pcie_aer_inject_error",
        .args_type = "advisory_non_fatal:-a,correctable:-c,id:s,error_status:s,"
                     "header0:i?,header1:i?,header2:i?,header3:i?,"
                     "prefix0:i?,prefix1:i?,prefix2:i?,prefix3:i?",
        .params = "[-a] [-c] id <error_status> "
                  "[<tlp header> [<tlp header prefix>]]",
        .help = "inject pcie aer error\n\t\t\t"
                " -a for advisory non fatal error\n\t\t\t"
                " -c for correctable error\n\t\t\t"
                "<id> = qdev device id\n\t\t\t"
                "<error_status> = error string or 32bit\n\t\t\t"
                "<tlp header> = 32bit x 4\n\t\t\t"
                "<tlp header prefix> = 32bit x 4",
        .cmd = hmp_pcie_aer_inject_error,
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
        .name = "screendump",
        .args_type = "filename:F,format:-fs,device:s?,head:i?",
        .params = "filename [-f format] [device [head]]",
        .help = "save screen from head 'head' of display device "
                "'device' in specified format 'format' as image "
                "'filename'. Currently only 'png' and 'ppm' formats are "
                "supported.",
        .cmd = hmp_screendump,
    },
    {
        .name = "sendkey",
        .args_type = "keys:s,hold-time:i?",
        .params = "keys [hold_ms]",
        .help = "send keys to the VM (e.g. 'sendkey ctrl-alt-f1', default "
                "hold time=100 ms)",
        .cmd = hmp_sendkey,
        .command_completion = sendkey_completion,
    },
    {
        .name = "set_password",
        .args_type = "protocol:s,password:s,display:-ds,connected:s?",
        .params = "protocol password [-d display] [action-if-connected]",
        .help = "set spice/vnc password",
        .cmd = hmp_set_password,
    },
    {
        .name = "stop|s",
        .args_type = "",
        .params = "",
        .help = "stop emulation",
        .cmd = hmp_stop,
    },
    {
        .name = "sum",
        .args_type = "start:i,size:i",
        .params = "addr size",
        .help = "compute the checksum of a memory region",
        .cmd = hmp_sum,
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
        .name = "system_wakeup",
        .args_type = "",
        .params = "",
        .help = "wakeup guest from suspend",
        .cmd = hmp_system_wakeup,
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
        .name = "watchdog_action",
        .args_type = "action:s",
        .params = "[reset|shutdown|poweroff|pause|debug|none|inject-nmi]",
        .help = "change watchdog action",
        .cmd = hmp_watchdog_action,
        .command_completion = watchdog_action_completion,
    },
    {
        .name = "x",
        .args_type = "fmt:/,addr:l",
        .params = "/fmt addr",
        .help = "virtual memory dump starting at 'addr'",
        .cmd = hmp_memory_dump,
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
