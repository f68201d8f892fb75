/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy for deprecated and unstable parts of the interface.
 */
#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/qapi-types-error.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/qobject-output-visitor.h"

/* qapi/error.h stands below the schema, so it has the classes by hand. */
#define SAME_CLASS(a, b)                                                       \
    QEMU_BUILD_BUG_ON((int)ERROR_CLASS_##a != (int)QAPI_ERROR_CLASS_##b)
SAME_CLASS(GENERIC_ERROR, GENERICERROR);
SAME_CLASS(COMMAND_NOT_FOUND, COMMANDNOTFOUND);
SAME_CLASS(DEVICE_NOT_ACTIVE, DEVICENOTACTIVE);
SAME_CLASS(DEVICE_NOT_FOUND, DEVICENOTFOUND);
SAME_CLASS(KVM_MISSING_CAP, KVMMISSINGCAP);

CompatPolicy compat_policy;

bool compat_policy_input_ok(uint64_t features, const CompatPolicy *policy,
                            ErrorClass error_class, const char *kind,
                            const char *name, Error **errp)
{
    const struct {
        QapiSpecialFeature feature;
        CompatPolicyInput policy;
        const char *adjective;
    } rules[] = {
        { QAPI_DEPRECATED, policy->deprecated_input, "Deprecated" },
        { QAPI_UNSTABLE, policy->unstable_input, "Unstable" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!(features & (1ULL << rules[i].feature)) ||
            rules[i].policy == COMPAT_POLICY_INPUT_ACCEPT) {
            continue;
        }
        if (rules[i].policy == COMPAT_POLICY_INPUT_CRASH) {
            abort(); /* what the user asked for */
        }
        error_set(errp, error_class, "%s %s %s disabled by policy",
                  rules[i].adjective, kind, name);
        return false;
    }
    return true;
}

Visitor *qobject_input_visitor_new_qmp(QObject *obj)
{
    Visitor *v = qobject_input_visitor_new(obj);

    visit_set_policy(v, &compat_policy);
    return v;
}

Visitor *qobject_output_visitor_new_qmp(QObject **result)
{
    Visitor *v = qobject_output_visitor_new(result);

    visit_set_policy(v, &compat_policy);
    return v;
}
