/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing: the buffer, the keys, the screen, the history, completion.
 *
 * Keys only change the buffer and the cursor; after each, the screen is
 * brought up to date by comparing the buffer with what was drawn last. Text is
 * UTF-8: the cursor moves over whole characters, each one column wide.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/readline.h"

/* Where in an escape sequence we are. */
enum {
    ESC_NONE,
    ESC_START, /* after ESC */
    ESC_CSI,   /* after ESC [ */
    ESC_SS3,   /* after ESC O */
};

#define CTRL(c) ((c)&0x1f)
#define KEY_ESC 27
#define KEY_DEL 127

/* The screen that completions are listed for. */
#define SCREEN_COLUMNS 80

/* --- Positions in the buffer -------------------------------------------- */

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static int previous_position(const ReadLineState *rs, int pos)
{
    while (pos > 0 && !starts_character(rs->cmd_buf[--pos])) {
    }
    return pos;
}

static int next_position(const ReadLineState *rs, int pos)
{
    if (pos < rs->cmd_buf_size) {
        pos++;
    }
    while (pos < rs->cmd_buf_size && !starts_character(rs->cmd_buf[pos])) {
        pos++;
    }
    return pos;
}

static int word_start(const ReadLineState *rs, int pos)
{
    while (pos > 0 && rs->cmd_buf[pos - 1] == ' ') {
        pos--;
    }
    while (pos > 0 && rs->cmd_buf[pos - 1] != ' ') {
        pos--;
    }
    return pos;
}

static int word_end(const ReadLineState *rs, int pos)
{
    while (pos < rs->cmd_buf_size && rs->cmd_buf[pos] == ' ') {
        pos++;
    }
    while (pos < rs->cmd_buf_size && rs->cmd_buf[pos] != ' ') {
        pos++;
    }
    return pos;
}

static int columns(const char *text, int len)
{
    int n = 0;

    for (int i = 0; i < len; i++) {
        n += starts_character(text[i]);
    }
    return n;
}

/* --- The screen --------------------------------------------------------- */

static void move_cursor(ReadLineState *rs, int by)
{
    if (by < -4) {
        rs->printf_func(rs->opaque, "\033[%dD", -by);
    } else if (by > 4) {
        rs->printf_func(rs->opaque, "\033[%dC", by);
    } else {
        for (; by < 0; by++) {
            rs->printf_func(rs->opaque, "\033[D");
        }
        for (; by > 0; by--) {
            rs->printf_func(rs->opaque, "\033[C");
        }
    }
}

static void draw_text(ReadLineState *rs, const char *text, int len)
{
    if (rs->read_password) {
        for (int n = columns(text, len); n > 0; n--) {
            rs->printf_func(rs->opaque, "*");
        }
    } else if (len) {
        rs->printf_func(rs->opaque, "%.*s", len, text);
    }
}

/* Is the character before the cursor only the beginning of one? */
static bool character_incomplete(const ReadLineState *rs)
{
    int start = previous_position(rs, rs->cmd_buf_index);
    int have = rs->cmd_buf_index - start;
    unsigned char lead = rs->cmd_buf[start];

    return have && have < (lead >= 0xf0   ? 4
                           : lead >= 0xe0 ? 3
                           : lead >= 0xc0 ? 2
                                          : 1);
}

static void update_screen(ReadLineState *rs)
{
    int same = 0;
    int at = columns(rs->last_cmd_buf, rs->last_cmd_buf_index);

    if (character_incomplete(rs)) {
        return;
    }
    while (same < rs->cmd_buf_size && same < rs->last_cmd_buf_size &&
           rs->cmd_buf[same] == rs->last_cmd_buf[same]) {
        same++;
    }
    if (same < rs->cmd_buf_size || same < rs->last_cmd_buf_size) {
        /* Do not start to draw in the middle of a character. */
        while (same > 0 && ((same < rs->cmd_buf_size &&
                             !starts_character(rs->cmd_buf[same])) ||
                            (same < rs->last_cmd_buf_size &&
                             !starts_character(rs->last_cmd_buf[same])))) {
            same--;
        }
        move_cursor(rs, columns(rs->cmd_buf, same) - at);
        draw_text(rs, rs->cmd_buf + same, rs->cmd_buf_size - same);
        if (columns(rs->last_cmd_buf, rs->last_cmd_buf_size) >
            columns(rs->cmd_buf, rs->cmd_buf_size)) {
            rs->printf_func(rs->opaque, "\033[K");
        }
        at = columns(rs->cmd_buf, rs->cmd_buf_size);
        memcpy(rs->last_cmd_buf, rs->cmd_buf, rs->cmd_buf_size);
        rs->last_cmd_buf_size = rs->cmd_buf_size;
    }
    move_cursor(rs, columns(rs->cmd_buf, rs->cmd_buf_index) - at);
    rs->last_cmd_buf_index = rs->cmd_buf_index;
    rs->flush_func(rs->opaque);
}

void readline_show_prompt(ReadLineState *rs)
{
    rs->printf_func(rs->opaque, "%s", rs->prompt);
    rs->flush_func(rs->opaque);
    rs->last_cmd_buf_index = 0;
    rs->last_cmd_buf_size = 0;
    rs->esc_state = ESC_NONE;
}

/* --- Changing the line -------------------------------------------------- */

static void insert_char(ReadLineState *rs, char ch)
{
    char *at = rs->cmd_buf + rs->cmd_buf_index;

    if (rs->cmd_buf_size >= READLINE_CMD_BUF_SIZE) {
        return;
    }
    memmove(at + 1, at, rs->cmd_buf_size - rs->cmd_buf_index);
    *at = ch;
    rs->cmd_buf_size++;
    rs->cmd_buf_index++;
}

/* Removes the bytes [@from, @to) and leaves the cursor at their place. */
static void delete_range(ReadLineState *rs, int from, int to)
{
    memmove(rs->cmd_buf + from, rs->cmd_buf + to, rs->cmd_buf_size - to);
    rs->cmd_buf_size -= to - from;
    rs->cmd_buf_index = from;
}

static void delete_character(ReadLineState *rs)
{
    delete_range(rs, rs->cmd_buf_index, next_position(rs, rs->cmd_buf_index));
}

static void replace_line(ReadLineState *rs, const char *text)
{
    pstrcpy(rs->cmd_buf, sizeof(rs->cmd_buf), text);
    rs->cmd_buf_size = strlen(rs->cmd_buf);
    rs->cmd_buf_index = rs->cmd_buf_size;
}

/* --- History ------------------------------------------------------------ */

static int history_length(const ReadLineState *rs)
{
    int n = 0;

    while (n < READLINE_MAX_CMDS && rs->history[n]) {
        n++;
    }
    return n;
}

static void history_older(ReadLineState *rs)
{
    if (rs->hist_entry == 0) {
        return;
    }
    if (rs->hist_entry < 0) {
        rs->hist_entry = history_length(rs);
        if (!rs->hist_entry) {
            rs->hist_entry = -1;
            return;
        }
    }
    rs->hist_entry--;
    replace_line(rs, rs->history[rs->hist_entry]);
}

static void history_newer(ReadLineState *rs)
{
    if (rs->hist_entry < 0) {
        return;
    }
    if (rs->hist_entry + 1 < history_length(rs)) {
        rs->hist_entry++;
        replace_line(rs, rs->history[rs->hist_entry]);
    } else {
        rs->hist_entry = -1;
        replace_line(rs, "");
    }
}

/*
 * A line that is in the history already becomes its newest entry, so that
 * repeating a command does not push the others out.
 */
static void history_add(ReadLineState *rs, const char *line)
{
    int n = history_length(rs);
    int i = 0;

    if (!*line) {
        return;
    }
    while (i < n && strcmp(rs->history[i], line)) {
        i++;
    }
    if (i == READLINE_MAX_CMDS) {
        i = 0;
    }
    if (i < n) {
        g_free(rs->history[i]);
        memmove(&rs->history[i], &rs->history[i + 1],
                (n - i - 1) * sizeof(rs->history[0]));
        n--;
    }
    rs->history[n] = g_strdup(line);
}

const char *readline_get_history(ReadLineState *rs, unsigned int index)
{
    return index < READLINE_MAX_CMDS ? rs->history[index] : NULL;
}

/* --- Completion --------------------------------------------------------- */

void readline_add_completion(ReadLineState *rs, const char *str)
{
    if (rs->nb_completions >= READLINE_MAX_COMPLETIONS) {
        return;
    }
    for (int i = 0; i < rs->nb_completions; i++) {
        if (!strcmp(rs->completions[i], str)) {
            return;
        }
    }
    rs->completions[rs->nb_completions++] = g_strdup(str);
}

void readline_add_completion_of(ReadLineState *rs, const char *pfx,
                                const char *str)
{
    if (!strncmp(str, pfx, strlen(pfx))) {
        readline_add_completion(rs, str);
    }
}

void readline_set_completion_index(ReadLineState *rs, int completion_index)
{
    rs->completion_index = completion_index;
}

/* How many bytes all completions have in common at their beginning. */
static int common_prefix(const ReadLineState *rs)
{
    const char *first = rs->completions[0];
    int len = strlen(first);

    for (int i = 1; i < rs->nb_completions; i++) {
        int same = 0;

        while (same < len && rs->completions[i][same] == first[same]) {
            same++;
        }
        len = same;
    }
    return len;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_completions(ReadLineState *rs)
{
    int width = 0;
    int per_line;

    for (int i = 0; i < rs->nb_completions; i++) {
        width = MAX(width, (int)strlen(rs->completions[i]));
    }
    width = MIN(MAX(width + 2, 10), SCREEN_COLUMNS);
    per_line = MAX((SCREEN_COLUMNS - 1) / width, 1);
    rs->printf_func(rs->opaque, "\n");
    for (int i = 0; i < rs->nb_completions; i++) {
        rs->printf_func(rs->opaque, "%-*s", width, rs->completions[i]);
        if ((i + 1) % per_line == 0 || i + 1 == rs->nb_completions) {
            rs->printf_func(rs->opaque, "\n");
        }
    }
    readline_show_prompt(rs);
}

static void complete(ReadLineState *rs)
{
    g_autofree char *line = g_strndup(rs->cmd_buf, rs->cmd_buf_index);
    const char *first;
    int len;

    rs->nb_completions = 0;
    rs->completion_index = 0;
    if (rs->read_password || !rs->completion_finder) {
        return;
    }
    rs->completion_finder(rs->opaque, line);
    if (!rs->nb_completions) {
        return;
    }
    qsort(rs->completions, rs->nb_completions, sizeof(rs->completions[0]),
          compare_strings);
    first = rs->completions[0];
    len = common_prefix(rs);
    for (int i = rs->completion_index; i < len; i++) {
        insert_char(rs, first[i]);
    }
    if (rs->nb_completions > 1) {
        list_completions(rs);
    } else if (len && first[len - 1] != '/') {
        insert_char(rs, ' ');
    }
    while (rs->nb_completions) {
        g_free(rs->completions[--rs->nb_completions]);
    }
}

/* --- Keys --------------------------------------------------------------- */

static void finish_line(ReadLineState *rs)
{
    /* The callback may start the next line, or free nothing but itself. */
    g_autofree char *line = g_strndup(rs->cmd_buf, rs->cmd_buf_size);

    if (!rs->read_password) {
        history_add(rs, line);
    }
    rs->printf_func(rs->opaque, "\n");
    readline_restart(rs);
    rs->last_cmd_buf_index = 0;
    rs->last_cmd_buf_size = 0;
    rs->readline_func(rs->opaque, line, rs->readline_opaque);
}

/* The last byte of a sequence that began with ESC [ or ESC O. */
static void handle_sequence_end(ReadLineState *rs, int ch)
{
    switch (ch) {
    case 'A':
        history_older(rs);
        break;
    case 'B':
        history_newer(rs);
        break;
    case 'C':
        rs->cmd_buf_index = next_position(rs, rs->cmd_buf_index);
        break;
    case 'D':
        rs->cmd_buf_index = previous_position(rs, rs->cmd_buf_index);
        break;
    case 'H':
        rs->cmd_buf_index = 0;
        break;
    case 'F':
        rs->cmd_buf_index = rs->cmd_buf_size;
        break;
    case '~':
        switch (rs->esc_param) {
        case 1:
        case 7:
            rs->cmd_buf_index = 0;
            break;
        case 3:
            delete_character(rs);
            break;
        case 4:
        case 8:
            rs->cmd_buf_index = rs->cmd_buf_size;
            break;
        }
        break;
    }
}

static void handle_after_escape(ReadLineState *rs, int ch)
{
    int pos = rs->cmd_buf_index;

    rs->esc_state = ESC_NONE;
    switch (ch) {
    case '[':
        rs->esc_state = ESC_CSI;
        rs->esc_param = 0;
        break;
    case 'O':
        rs->esc_state = ESC_SS3;
        rs->esc_param = 0;
        break;
    case 'b':
        rs->cmd_buf_index = word_start(rs, pos);
        break;
    case 'f':
        rs->cmd_buf_index = word_end(rs, pos);
        break;
    case 'd':
        delete_range(rs, pos, word_end(rs, pos));
        break;
    case CTRL('H'):
    case KEY_DEL:
        delete_range(rs, word_start(rs, pos), pos);
        break;
    }
}

static void handle_in_sequence(ReadLineState *rs, int ch)
{
    if (ch >= '0' && ch <= '9') {
        if (rs->esc_param < 1000) {
            rs->esc_param = rs->esc_param * 10 + (ch - '0');
        }
    } else if (ch >= 0x40 && ch <= 0x7e) {
        rs->esc_state = ESC_NONE;
        handle_sequence_end(rs, ch);
    } else if (ch == ';') {
        /* Modifiers of cursor keys follow; the key is the same. */
        rs->esc_param = 0;
    } else if (ch < 0x20) {
        rs->esc_state = ESC_NONE;
    }
}

static void handle_key(ReadLineState *rs, int ch)
{
    int pos = rs->cmd_buf_index;

    switch (ch) {
    case CTRL('A'):
        rs->cmd_buf_index = 0;
        break;
    case CTRL('B'):
        rs->cmd_buf_index = previous_position(rs, pos);
        break;
    case CTRL('D'):
        delete_character(rs);
        break;
    case CTRL('E'):
        rs->cmd_buf_index = rs->cmd_buf_size;
        break;
    case CTRL('F'):
        rs->cmd_buf_index = next_position(rs, pos);
        break;
    case CTRL('H'):
    case KEY_DEL:
        delete_range(rs, previous_position(rs, pos), pos);
        break;
    case CTRL('I'):
        complete(rs);
        break;
    case CTRL('K'):
        rs->cmd_buf_size = pos;
        break;
    case CTRL('L'):
        rs->printf_func(rs->opaque, "\033[H\033[2J");
        readline_show_prompt(rs);
        break;
    case CTRL('N'):
        history_newer(rs);
        break;
    case CTRL('P'):
        history_older(rs);
        break;
    case CTRL('U'):
        delete_range(rs, 0, pos);
        break;
    case CTRL('W'):
        delete_range(rs, word_start(rs, pos), pos);
        break;
    case KEY_ESC:
        rs->esc_state = ESC_START;
        break;
    default:
        if (ch >= 0x20) {
            insert_char(rs, ch);
        }
        break;
    }
}

void readline_handle_byte(ReadLineState *rs, int ch)
{
    if (rs->esc_state == ESC_START) {
        handle_after_escape(rs, ch);
    } else if (rs->esc_state != ESC_NONE) {
        handle_in_sequence(rs, ch);
    } else if (ch == '\n' || ch == '\r') {
        finish_line(rs);
        return;
    } else {
        handle_key(rs, ch);
    }
    update_screen(rs);
}

/* --- Life --------------------------------------------------------------- */

void readline_start(ReadLineState *rs, const char *prompt, int read_password,
                    ReadLineFunc *readline_func, void *readline_opaque)
{
    pstrcpy(rs->prompt, sizeof(rs->prompt), prompt);
    rs->readline_func = readline_func;
    rs->readline_opaque = readline_opaque;
    rs->read_password = read_password;
    readline_restart(rs);
}

void readline_restart(ReadLineState *rs)
{
    rs->cmd_buf_index = 0;
    rs->cmd_buf_size = 0;
    rs->hist_entry = -1;
    rs->esc_state = ESC_NONE;
}

ReadLineState *readline_init(ReadLinePrintfFunc *printf_func,
                             ReadLineFlushFunc *flush_func, void *opaque,
                             ReadLineCompletionFunc *completion_finder)
{
    ReadLineState *rs = g_new0(ReadLineState, 1);

    rs->printf_func = printf_func;
    rs->flush_func = flush_func;
    rs->opaque = opaque;
    rs->completion_finder = completion_finder;
    rs->hist_entry = -1;
    return rs;
}

void readline_free(ReadLineState *rs)
{
    if (!rs) {
        return;
    }
    for (int i = 0; i < READLINE_MAX_CMDS; i++) {
        g_free(rs->history[i]);
    }
    g_free(rs);
}
