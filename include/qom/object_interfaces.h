/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects that a user makes: -object, object-add, object_add.
 *
 * A type that implements the interface TYPE_USER_CREATABLE can be made by
 * name with an id and properties. It then stands at /objects/ID. The
 * interface's complete() runs after all properties are set and can refuse
 * them; can_be_deleted() says whether object-del may delete the object now.
 *
 * Needs the big lock throughout. Implemented in qom/user-creatable*.c.
 */
#ifndef OBJECT_INTERFACES_H
#define OBJECT_INTERFACES_H

#include "qom/object.h"
#include "qapi/qapi-types-qom.h"
#include "qapi/visitor.h"

#define TYPE_USER_CREATABLE "user-creatable"

typedef struct UserCreatableClass UserCreatableClass;
DECLARE_CLASS_CHECKERS(UserCreatableClass, USER_CREATABLE, TYPE_USER_CREATABLE)
#define USER_CREATABLE(obj)                                                   \
    INTERFACE_CHECK(UserCreatable, (obj), TYPE_USER_CREATABLE)

typedef struct UserCreatable UserCreatable;

/* Both methods may be NULL: nothing to do, and always deletable. */
struct UserCreatableClass {
    /* private: */
    InterfaceClass parent_class;

    /* public: */
    void (*complete)(UserCreatable *uc, Error **errp);
    bool (*can_be_deleted)(UserCreatable *uc);
};

/*
 * Calls complete(); true on success. To be called by hand after the
 * properties of an object that was not made by one of the functions below.
 */
bool user_creatable_complete(UserCreatable *uc, Error **errp);

/* Calls can_be_deleted(). */
bool user_creatable_can_be_deleted(UserCreatable *uc);

/*
 * Makes an object of @type, sets the properties that @qdict has keys for from
 * the input visitor @v (which stands before the struct), adds it as
 * /objects/@id (NULL: nowhere) and completes it.
 *
 * Returns: a reference that the caller has to drop, or NULL with @errp set and
 * nothing left behind.
 */
Object *user_creatable_add_type(const char *type, const char *id,
                                const QDict *qdict, Visitor *v, Error **errp);

/* The same from the QAPI type; what object-add calls. */
void user_creatable_add_qapi(ObjectOptions *options, Error **errp);

/*
 * Parses "TYPE,id=ID,key=value,..." or a JSON object.
 *
 * Returns: options for user_creatable_add_qapi(), or NULL: with @errp set on
 * an error, without if help was asked for, which then has been printed.
 */
ObjectOptions *user_creatable_parse_str(const char *str, Error **errp);

/* Both steps in one; true if an object was made. */
bool user_creatable_add_from_str(const char *str, Error **errp);

/* The same for -object: exits after help (0) and on an error (1). */
void user_creatable_process_cmdline(const char *cmdline);

/*
 * Prints the types if @type is "help" or "?", the properties of @type if @opts
 * ask for help. True if something was printed.
 */
bool user_creatable_print_help(const char *type, QemuOpts *opts);

/*
 * Deletes /objects/@id; fails if there is no such object or it is in use.
 * True on success.
 */
bool user_creatable_del(const char *id, Error **errp);

/* Deletes all of them, newest first, and /objects itself; at exit. */
void user_creatable_cleanup(void);

#endif
