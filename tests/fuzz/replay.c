/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main() of a fuzz target in builds without libFuzzer: runs the target once on
 * each file of the folders given, so that the seeds, and what fuzzing found
 * before, are tested in every build. Prints TAP.
 *
 * Options are ignored, so that libFuzzer can be run with the same arguments.
 */
#include "qemu/osdep.h"

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_files(GPtrArray *files, const char *folder)
{
    g_autoptr(GError) err = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &err);
    const char *name;

    if (!dir) {
        fprintf(stderr, "%s\n", err->message);
        exit(1);
    }
    while ((name = g_dir_read_name(dir))) {
        g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    }
}

static bool replay(const char *file)
{
    g_autoptr(GError) err = NULL;
    g_autofree char *text = NULL;
    g_autofree uint8_t *data = NULL;
    gsize size;

    if (!g_file_get_contents(file, &text, &size, &err)) {
        printf("# %s\n", err->message);
        return false;
    }
    /* The text is followed by a zero; a copy lets ASan see an overrun. */
    data = g_malloc(size);
    if (size) {
        memcpy(data, text, size);
    }
    LLVMFuzzerTestOneInput(data, size);
    return true;
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    bool all = true;

    if (LLVMFuzzerInitialize) {
        LLVMFuzzerInitialize(&argc, &argv);
    }
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-') {
            add_files(files, argv[i]);
        }
    }
    g_ptr_array_sort(files, compare_names);
    printf("1..%u\n", files->len);
    for (guint i = 0; i < files->len; i++) {
        const char *file = g_ptr_array_index(files, i);
        g_autofree char *name = g_path_get_basename(file);
        bool ok;

        /* First, so that it is known where a crash was. */
        printf("# %s\n", file);
        fflush(stdout);
        ok = replay(file);
        printf("%sok %u %s\n", ok ? "" : "not ", i + 1, name);
        all &= ok;
    }
    return all && files->len ? 0 : 1;
}
