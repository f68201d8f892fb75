/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line editing for a terminal that is reached through some byte stream.
 *
 * Feed every byte that arrives to readline_handle_byte(). It edits the current
 * line with emacs' keys and the usual cursor keys, draws it through the two
 * output callbacks, and calls the line's callback when it is finished. TAB
 * asks completion_finder for completions, which it adds one by one with
 * readline_add_completion(). Finished lines are kept in a history. One thread
 * uses a ReadLineState at a time.
 */
#ifndef READLINE_H
#define READLINE_H

#define READLINE_CMD_BUF_SIZE 4095      /* longest line, in bytes */
#define READLINE_MAX_CMDS 64            /* length of the history */
#define READLINE_MAX_COMPLETIONS 256

/* Prints to the terminal. @opaque is readline_init()'s, as below. */
typedef void G_GNUC_PRINTF(2, 3) ReadLinePrintfFunc(void *opaque,
                                                    const char *fmt, ...);
/* Makes everything printed so far visible. */
typedef void ReadLineFlushFunc(void *opaque);
/* Gets a finished line @str; @readline_opaque is readline_start()'s. */
typedef void ReadLineFunc(void *opaque, const char *str,
                          void *readline_opaque);
/* Adds the completions of @cmdline, the text before the cursor. */
typedef void ReadLineCompletionFunc(void *opaque, const char *cmdline);

typedef struct ReadLineState {
    /*< private >*/
    char cmd_buf[READLINE_CMD_BUF_SIZE + 1];
    int cmd_buf_index;                  /* the cursor */
    int cmd_buf_size;

    char last_cmd_buf[READLINE_CMD_BUF_SIZE + 1];   /* what is on screen */
    int last_cmd_buf_index;
    int last_cmd_buf_size;

    int esc_state;
    int esc_param;

    char *history[READLINE_MAX_CMDS];   /* oldest first */
    int hist_entry;                     /* entry being edited, or -1 */

    ReadLineCompletionFunc *completion_finder;
    char *completions[READLINE_MAX_COMPLETIONS];
    int nb_completions;
    int completion_index;               /* length of the word completed */

    ReadLineFunc *readline_func;
    void *readline_opaque;
    int read_password;
    char prompt[256];

    ReadLinePrintfFunc *printf_func;
    ReadLineFlushFunc *flush_func;
    void *opaque;
} ReadLineState;

/*
 * A new state. The callbacks get @opaque. It is idle until readline_start().
 * Free it with readline_free().
 */
ReadLineState *readline_init(ReadLinePrintfFunc *printf_func,
                             ReadLineFlushFunc *flush_func,
                             void *opaque,
                             ReadLineCompletionFunc *completion_finder);
void readline_free(ReadLineState *rs);

/*
 * Begins to read a line with @prompt, which readline_show_prompt() prints.
 * With @read_password, stars stand for what is typed, and the line stays out
 * of the history. The line goes to @readline_func with @readline_opaque.
 */
void readline_start(ReadLineState *rs, const char *prompt, int read_password,
                    ReadLineFunc *readline_func, void *readline_opaque);

/* Prints the prompt; the line begins after it. */
void readline_show_prompt(ReadLineState *rs);

/* Throws away what has been typed of the line; nothing is printed. */
void readline_restart(ReadLineState *rs);

/* Takes one byte (0..255) of the terminal's input. */
void readline_handle_byte(ReadLineState *rs, int ch);

/* Entry @index of the history, 0 being the oldest; NULL past its end. */
const char *readline_get_history(ReadLineState *rs, unsigned int index);

/*
 * For a completion_finder: adds @str, unless it is there already; with @pfx
 * only if @str begins with it. More than READLINE_MAX_COMPLETIONS are ignored.
 */
void readline_add_completion(ReadLineState *rs, const char *str);
void readline_add_completion_of(ReadLineState *rs,
                                const char *pfx, const char *str);

/* For a completion_finder: how many bytes of each completion are typed. */
void readline_set_completion_index(ReadLineState *rs, int completion_index);

#endif
