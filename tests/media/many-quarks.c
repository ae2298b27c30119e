/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * playbin and autoaudiosink look at every plug-in, and with that GLib has more than 2048 quarks: it then gives up the
 * first table of them, which its constructor made, without freeing it: other threads may still read it. Only a whole
 * stack shows that a block comes from a constructor.
 */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:ld-linux-x86-64.so\n";
}
