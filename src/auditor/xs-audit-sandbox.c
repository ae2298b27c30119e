/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-audit-sandbox.h"

#include "xs-error.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

/* What a decoder, a matrix library and the pipe to the auditor need. */
static const int allowed[] = {
  SCMP_SYS (read),
  SCMP_SYS (write),
  SCMP_SYS (readv),
  SCMP_SYS (writev),
  SCMP_SYS (brk),
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  SCMP_SYS (futex),
  SCMP_SYS (sched_yield),
  SCMP_SYS (getpid),
  SCMP_SYS (gettid),
  SCMP_SYS (getrandom),
  SCMP_SYS (clock_gettime),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (rt_sigreturn),
  SCMP_SYS (restart_syscall),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  SCMP_SYS (close),
  SCMP_SYS (clock_nanosleep),
  SCMP_SYS (sched_getaffinity),
};

static const int failing[] = {
  SCMP_SYS (open),   SCMP_SYS (openat),     SCMP_SYS (stat),     SCMP_SYS (lstat), SCMP_SYS (newfstatat),
  SCMP_SYS (access), SCMP_SYS (faccessat),  SCMP_SYS (readlink), SCMP_SYS (fstat), SCMP_SYS (readlinkat),
  SCMP_SYS (statx),  SCMP_SYS (faccessat2), SCMP_SYS (ioctl),    SCMP_SYS (uname), SCMP_SYS (sysinfo),
};

/* With a sanitizer, whose run time needs what it likes, only these are refused: such builds are for tests. */
static const int deadly[] = {
  SCMP_SYS (socket), SCMP_SYS (connect), SCMP_SYS (clone),    SCMP_SYS (clone3), SCMP_SYS (fork),
  SCMP_SYS (vfork),  SCMP_SYS (execve),  SCMP_SYS (execveat), SCMP_SYS (ptrace),
};

static int
add_all (scmp_filter_ctx filter, guint32 action, const int *calls, guint n_calls)
{
  int result = 0;

  for (guint i = 0; result == 0 && i < n_calls; i++)
    result = seccomp_rule_add (filter, action, calls[i], 0);
  return result;
}

/* Memory, but none that could be run. */
static int
add_memory (scmp_filter_ctx filter)
{
  static const int calls[] = { SCMP_SYS (mmap), SCMP_SYS (mprotect) };
  int result = 0;

  for (guint i = 0; result == 0 && i < G_N_ELEMENTS (calls); i++)
    result = HAS_SANITIZER
               ? seccomp_rule_add (filter, SCMP_ACT_KILL_PROCESS, calls[i], 1,
                                   SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC))
               : seccomp_rule_add (filter, SCMP_ACT_ALLOW, calls[i], 1, SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return result;
}

static int
add_rules (scmp_filter_ctx filter)
{
  int result = HAS_SANITIZER ? add_all (filter, SCMP_ACT_KILL_PROCESS, deadly, G_N_ELEMENTS (deadly))
                             : add_all (filter, SCMP_ACT_ALLOW, allowed, G_N_ELEMENTS (allowed));

  if (result == 0)
    result = add_all (filter, SCMP_ACT_ERRNO (EACCES), failing, G_N_ELEMENTS (failing));
  return result == 0 ? add_memory (filter) : result;
}

static gboolean
fail (GError **error, const char *what, int code)
{
  g_set_error (error, XS_ERROR, XS_ERROR_FAILED, "Pictures are not looked at without a sandbox: %s: %s", what,
               g_strerror (code));
  return FALSE;
}

static guint64
mapped_bytes (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  return g_ascii_strtoull (text, NULL, 10) * (guint64) sysconf (_SC_PAGESIZE);
}

static gboolean
limit (int resource, guint64 value, GError **error)
{
  struct rlimit limits = { value, value };

  return setrlimit (resource, &limits) == 0 || fail (error, "its limits", errno);
}

gboolean
xs_audit_sandbox_enter (guint seconds, GError **error)
{
  guint64 memory_bytes = mapped_bytes () + XS_AUDIT_SANDBOX_BYTES;

  if (!limit (RLIMIT_CORE, 0, error) || !limit (RLIMIT_FSIZE, 0, error) || !limit (RLIMIT_NOFILE, 0, error)
      || !limit (RLIMIT_CPU, seconds, error) || (!HAS_SANITIZER && !limit (RLIMIT_AS, memory_bytes, error)))
    return FALSE;
  alarm (2 * seconds);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return fail (error, "prctl", errno);
  scmp_filter_ctx filter = seccomp_init (HAS_SANITIZER ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);
  if (filter == NULL)
    return fail (error, "seccomp", ENOMEM);
  int result = add_rules (filter);
  if (result == 0)
    result = seccomp_load (filter);
  seccomp_release (filter);
  return result == 0 || fail (error, "seccomp", -result);
}
