/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is migrated. Names lead to the entries that have them, ordered by
 * number, so that with thousands of devices registering one stays cheap.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "registry.h"

/* The stream has a byte for the length. */
#define MAX_IDSTR 255

int only_migratable;

typedef QLIST_HEAD(EntryList, SaveStateEntry) EntryList;
typedef QTAILQ_HEAD(EntryQueue, SaveStateEntry) EntryQueue;

static struct {
    /* Each non-empty but for the order of their first use. */
    EntryQueue queue[MIG_PRI_MAX + 1];
    bool ready;
    int next_section_id;
    GHashTable *by_id;     /* name -> GPtrArray, by instance_id */
    GHashTable *by_compat; /* name -> GPtrArray, by compat_instance_id */
    GHashTable *by_opaque; /* pointer -> EntryList */
} registry;

static void free_array(gpointer array)
{
    g_ptr_array_free(array, true);
}

static void prepare_registry(void)
{
    int i;

    if (registry.ready) {
        return;
    }
    for (i = 0; i <= MIG_PRI_MAX; i++) {
        QTAILQ_INIT(&registry.queue[i]);
    }
    registry.by_id =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
    registry.by_compat =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array);
    registry.by_opaque = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    registry.ready = true;
}

/*** Entries of one name, ordered by number. ***/

typedef uint32_t NumberOf(const SaveStateEntry *se);

static uint32_t instance_number(const SaveStateEntry *se)
{
    return se->instance_id;
}

static uint32_t compat_number(const SaveStateEntry *se)
{
    return se->compat_instance_id;
}

/* The first whose number is @number or more; the length if there is none. */
static guint lower_bound(const GPtrArray *array, NumberOf *number_of,
                         uint32_t number)
{
    guint low = 0, high = array->len;

    /* Numbers mostly grow. */
    if (high && number_of(array->pdata[high - 1]) < number) {
        return high;
    }
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (number_of(array->pdata[middle]) < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static SaveStateEntry *lookup(GHashTable *table, NumberOf *number_of,
                              const char *name, uint32_t number)
{
    GPtrArray *array = g_hash_table_lookup(table, name);
    guint at;

    if (!array) {
        return NULL;
    }
    at = lower_bound(array, number_of, number);
    if (at < array->len && number_of(array->pdata[at]) == number) {
        return array->pdata[at];
    }
    return NULL;
}

static uint32_t free_number(GHashTable *table, NumberOf *number_of,
                            const char *name)
{
    GPtrArray *array = g_hash_table_lookup(table, name);

    return array ? number_of(array->pdata[array->len - 1]) + 1 : 0;
}

static void enter(GHashTable *table, NumberOf *number_of, const char *name,
                  SaveStateEntry *se)
{
    GPtrArray *array = g_hash_table_lookup(table, name);

    if (!array) {
        array = g_ptr_array_new();
        g_hash_table_insert(table, g_strdup(name), array);
    }
    g_ptr_array_insert(array, lower_bound(array, number_of, number_of(se)), se);
}

static void leave(GHashTable *table, NumberOf *number_of, const char *name,
                  SaveStateEntry *se)
{
    GPtrArray *array = g_hash_table_lookup(table, name);
    guint at = lower_bound(array, number_of, number_of(se));

    /* Compat numbers may be there twice. */
    while (array->pdata[at] != se) {
        at++;
    }
    g_ptr_array_remove_index(array, at);
    if (!array->len) {
        g_hash_table_remove(table, name);
    }
}

/*** Finding. ***/

static SaveStateEntry *find_alias(GHashTable *table, const char *name,
                                  uint32_t number)
{
    GPtrArray *array = g_hash_table_lookup(table, name);
    guint i;

    for (i = 0; array && i < array->len; i++) {
        SaveStateEntry *se = array->pdata[i];

        if (se->alias_id != -1 && se->alias_id == number) {
            return se;
        }
    }
    return NULL;
}

SaveStateEntry *savevm_find_entry(const char *idstr, uint32_t instance_id)
{
    SaveStateEntry *se;

    if (!registry.ready) {
        return NULL;
    }
    se = lookup(registry.by_id, instance_number, idstr, instance_id);
    if (!se) {
        se = find_alias(registry.by_id, idstr, instance_id);
    }
    if (!se) {
        se = lookup(registry.by_compat, compat_number, idstr, instance_id);
    }
    if (!se) {
        se = find_alias(registry.by_compat, idstr, instance_id);
    }
    return se;
}

static MigrationPriority priority_of(const SaveStateEntry *se)
{
    return se->vmsd ? se->vmsd->priority : MIG_PRI_DEFAULT;
}

SaveStateEntry *savevm_next_entry(SaveStateEntry *entry)
{
    SaveStateEntry *next = entry ? QTAILQ_NEXT(entry, by_priority) : NULL;
    int priority = entry ? (int)priority_of(entry) : MIG_PRI_MAX + 1;

    while (registry.ready && !next && --priority >= 0) {
        next = QTAILQ_FIRST(&registry.queue[priority]);
    }
    return next;
}

bool savevm_early_state_is_known(const void *opaque)
{
    bool comes_later = false;

    for (SaveStateEntry *se = savevm_next_entry(NULL); se;
         se = savevm_next_entry(se)) {
        if (se->opaque == opaque) {
            if (se->vmsd && se->vmsd->early_setup) {
                return se->loaded;
            }
            comes_later = true;
        }
    }
    return !comes_later;
}

/*** Adding and removing. ***/

static void free_entry(SaveStateEntry *se)
{
    g_free(se->idstr);
    g_free(se->compat_idstr);
    g_free(se);
}

static void add_by_opaque(SaveStateEntry *se)
{
    EntryList *list = g_hash_table_lookup(registry.by_opaque, se->opaque);

    if (!list) {
        list = g_new0(EntryList, 1);
        g_hash_table_insert(registry.by_opaque, se->opaque, list);
    }
    QLIST_INSERT_HEAD(list, se, by_opaque);
}

/* Takes @se over, also when it fails. */
static bool add_entry(SaveStateEntry *se, Error **errp)
{
    assert(priority_of(se) <= MIG_PRI_MAX);
    prepare_registry();
    if (se->instance_id == (uint32_t)VMSTATE_INSTANCE_ID_ANY) {
        se->instance_id =
            free_number(registry.by_id, instance_number, se->idstr);
    }
    if (lookup(registry.by_id, instance_number, se->idstr, se->instance_id)) {
        error_setg(errp,
                   "'%s' is registered for migration already, with the "
                   "instance id 0x%" PRIx32,
                   se->idstr, se->instance_id);
        free_entry(se);
        return false;
    }
    se->section_id = registry.next_section_id++;
    QTAILQ_INSERT_TAIL(&registry.queue[priority_of(se)], se, by_priority);
    add_by_opaque(se);
    enter(registry.by_id, instance_number, se->idstr, se);
    if (se->compat_idstr) {
        enter(registry.by_compat, compat_number, se->compat_idstr, se);
    }
    return true;
}

static void remove_entry(SaveStateEntry *se)
{
    QTAILQ_REMOVE(&registry.queue[priority_of(se)], se, by_priority);
    QLIST_REMOVE(se, by_opaque);
    leave(registry.by_id, instance_number, se->idstr, se);
    if (se->compat_idstr) {
        leave(registry.by_compat, compat_number, se->compat_idstr, se);
    }
    free_entry(se);
}

/* Removes what has @opaque and either the description or the name. */
static void remove_matching(void *opaque, const VMStateDescription *vmsd,
                            const char *idstr)
{
    SaveStateEntry *se, *next;
    EntryList *list;

    if (!registry.ready) {
        return;
    }
    list = g_hash_table_lookup(registry.by_opaque, opaque);
    if (!list) {
        return;
    }
    QLIST_FOREACH_SAFE(se, list, by_opaque, next) {
        if (vmsd ? se->vmsd == vmsd : !strcmp(se->idstr, idstr)) {
            remove_entry(se);
        }
    }
    if (QLIST_EMPTY(list)) {
        g_hash_table_remove(registry.by_opaque, opaque);
    }
}

/* "ID/NAME", or "NAME" for an object without an id. */
static char *full_idstr(VMStateIf *obj, const char *name, bool *has_id)
{
    g_autofree char *id = vmstate_if_get_id(obj);

    *has_id = id != NULL;
    return id ? g_strdup_printf("%s/%s", id, name) : g_strdup(name);
}

/*** What devices call. ***/

void vmstate_check(const VMStateDescription *vmsd)
{
    const VMStateDescription *const *sub;
    const VMStateField *field;

    for (field = vmsd->fields; field && field->name; field++) {
        if (field->flags & (VMS_STRUCT | VMS_VSTRUCT)) {
            vmstate_check(field->vmsd);
        }
    }
    if (field && field->flags != VMS_END) {
        error_report("VMSTATE not ending with VMS_END: %s", vmsd->name);
        g_assert_not_reached();
    }
    for (sub = vmsd->subsections; sub && *sub; sub++) {
        /* By the name a loader knows whose subsection comes next. */
        assert(g_str_has_prefix((*sub)->name, vmsd->name));
        vmstate_check(*sub);
    }
}

static int register_vmsd(VMStateIf *obj, uint32_t instance_id,
                         const VMStateDescription *vmsd, void *base,
                         int alias_id, Error **errp)
{
    SaveStateEntry *se = g_new0(SaveStateEntry, 1);
    bool has_id;

    *se = (SaveStateEntry){
        .idstr = full_idstr(obj, vmsd->name, &has_id),
        .instance_id = instance_id,
        .alias_id = alias_id,
        .version_id = vmsd->version_id,
        .vmsd = vmsd,
        .opaque = base,
    };
    if (strlen(se->idstr) > MAX_IDSTR) {
        error_setg(errp, "Path too long for VMState (%s)", se->idstr);
        free_entry(se);
        return -1;
    }
    if (has_id) {
        prepare_registry();
        se->compat_idstr = g_strdup(vmsd->name);
        se->compat_instance_id =
            instance_id == (uint32_t)VMSTATE_INSTANCE_ID_ANY
                ? free_number(registry.by_compat, compat_number, vmsd->name)
                : instance_id;
        se->instance_id = 0;
    }
    return add_entry(se, errp) ? 0 : -1;
}

int vmstate_register_with_alias_id(VMStateIf *obj, uint32_t instance_id,
                                   const VMStateDescription *vmsd, void *base,
                                   int alias_id, int required_for_version,
                                   Error **errp)
{
    Error *err = NULL;
    int ret;

    /* If this is hit, the description needs its alias no longer. */
    assert(alias_id == -1 || required_for_version >= vmsd->minimum_version_id);
    vmstate_check(vmsd);
    ret = register_vmsd(obj, instance_id, vmsd, base, alias_id, &err);
    if (err && !errp) {
        error_report_err(err);
    } else {
        error_propagate(errp, err);
    }
    return ret;
}

void vmstate_unregister(VMStateIf *obj, const VMStateDescription *vmsd,
                        void *opaque)
{
    remove_matching(opaque, vmsd, NULL);
}

int vmstate_replace_hack_for_ppc(VMStateIf *obj, int instance_id,
                                 const VMStateDescription *vmsd, void *opaque)
{
    SaveStateEntry *se = savevm_find_entry(vmsd->name, instance_id);

    if (se) {
        remove_matching(se->opaque, NULL, se->idstr);
    }
    return vmstate_register(obj, instance_id, vmsd, opaque);
}

int register_savevm_live(const char *idstr, uint32_t instance_id,
                         int version_id, const SaveVMHandlers *ops,
                         void *opaque)
{
    SaveStateEntry *se = g_new0(SaveStateEntry, 1);
    Error *err = NULL;

    *se = (SaveStateEntry){
        .idstr = g_strndup(idstr, MAX_IDSTR),
        .instance_id = instance_id,
        .alias_id = -1,
        .version_id = version_id,
        .ops = ops,
        .opaque = opaque,
    };
    if (!add_entry(se, &err)) {
        error_report_err(err);
        return -1;
    }
    return 0;
}

void unregister_savevm(VMStateIf *obj, const char *idstr, void *opaque)
{
    bool has_id;
    g_autofree char *full = full_idstr(obj, idstr, &has_id);

    remove_matching(opaque, NULL, full);
}

bool vmstate_check_only_migratable(const VMStateDescription *vmsd)
{
    return !only_migratable || !vmsd || !vmsd->unmigratable;
}
