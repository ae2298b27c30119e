/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xs-command.h"

#include <string.h>

#include "xs-course-build.h"
#include "xs-course-library.h"
#include "xs-error.h"
#include "xs-publishers.h"

typedef struct {
  char *state_dir;
  char *out;
  char *key_path;
  char *name;
  gboolean downgrade;
  gboolean trust;
  char *fingerprint; /* (nullable): that the publisher must have to be trusted */
} Options;

static void
options_clear (Options *options)
{
  g_free (options->state_dir);
  g_free (options->out);
  g_free (options->key_path);
  g_free (options->name);
  g_free (options->fingerprint);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
wrong_options (const char *what, GError **error)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s; see --help", what);
  return FALSE;
}

/* What a subcommand is, and how it is asked for. */
typedef struct {
  const char *name;
  const char *arguments; /* as --help shows them */
  int n_arguments;
  const char *summary;
  const char *options; /* a letter each: s --state, o -o, k --key, n --name, d --downgrade, t --trust
                            and --fingerprint */
  gboolean (*run) (const Options *options, char **arguments, GError **error);
} Subcommand;

static gboolean
parse (const Subcommand *sub, Options *options, int argc, char **argv, GError **error)
{
  const struct {
    char letter;
    GOptionEntry entry;
  } all[] = {
    { 's',
      { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state_dir,
        "Folder with the kiosk's journal, as xueshi-kiosk has it; without it, this user's", "DIR" } },
    { 'o', { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->out, "Where the package goes", "FILE" } },
    { 'k',
      { "key", 0, 0, G_OPTION_ARG_FILENAME, &options->key_path, "Secret key from “xueshi course keygen”", "KEYFILE" } },
    { 'n', { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, "Who the publisher is", "NAME" } },
    { 'd',
      { "downgrade", 0, 0, G_OPTION_ARG_NONE, &options->downgrade, "An older version may replace a newer one", NULL } },
    { 't', { "trust", 0, 0, G_OPTION_ARG_NONE, &options->trust, "Take courses of its publisher from now on", NULL } },
    { 't',
      { "fingerprint", 0, 0, G_OPTION_ARG_STRING, &options->fingerprint,
        "With --trust: only when the publisher's is this one", "FINGERPRINT" } },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (sub->arguments);
  GOptionGroup *group = g_option_group_new (sub->name, "", "", options, NULL);
  g_autofree char *program = g_strconcat ("xueshi course ", sub->name, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const GOptionEntry entries[] = { all[i].entry, G_OPTION_ENTRY_NULL };

      if (strchr (sub->options, all[i].letter) != NULL)
        g_option_group_add_entries (group, entries);
    }
  g_set_prgname (program);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, sub->summary);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc != sub->n_arguments + 1)
    return wrong_options (sub->n_arguments == 0 ? "no argument is needed" : "exactly one argument is needed", error);
  if (options->state_dir == NULL)
    options->state_dir = g_build_filename (g_get_user_state_dir (), "xueshi", NULL);
  return TRUE;
}

static void
print_line (const char *line, gpointer user_data)
{
  g_print ("%s\n", line);
}

/* xs_sign_key_load() would make a key where there is none. */
static gboolean
load_key (const char *path, XsSignKey *key, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return xs_sign_key_load (path, key, error);
  g_set_error (error, XS_ERROR, XS_ERROR_NOT_FOUND, "There is no key %s: “xueshi course keygen %s” makes one", path,
               path);
  return FALSE;
}

static gboolean
build (const Options *options, char **arguments, GError **error)
{
  XsSignKey key;

  if (options->out == NULL || options->key_path == NULL)
    return wrong_options ("-o FILE and --key KEYFILE are needed", error);
  if (!load_key (options->key_path, &key, error)
      || !xs_course_build (arguments[0], options->out, &key, print_line, NULL, error))
    return FALSE;
  g_print ("%s is made\n", options->out);
  return TRUE;
}

static gboolean
keygen (const Options *options, char **arguments, GError **error)
{
  const char *path = arguments[0];
  g_autofree char *public_path = g_strconcat (path, ".pub", NULL);
  const char *name = options->name != NULL ? options->name : "";
  XsSignKey key;

  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (public_path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, XS_ERROR, XS_ERROR_EXISTS,
                   "%s is there already: a key is never overwritten, or kiosks would refuse what it signs; choose "
                   "another name",
                   g_file_test (path, G_FILE_TEST_EXISTS) ? path : public_path);
      return FALSE;
    }
  if (strpbrk (name, "\r\n") != NULL)
    return wrong_options ("--name must be one line", error);
  if (!xs_sign_key_load (path, &key, error) || !xs_publisher_write (public_path, key.public_key, name, error))
    return FALSE;
  g_autofree char *fingerprint = xs_publisher_fingerprint (key.public_key);
  g_print ("secret key: %s, to be kept safe and never given away\npublic key: %s\nfingerprint: %s\n", path, public_path,
           fingerprint);
  return TRUE;
}

static void
print_publisher (const XsCourseManifest *manifest)
{
  g_autofree char *fingerprint = xs_publisher_fingerprint (manifest->key);

  g_print ("publisher: %s\nfingerprint: %s\n", manifest->publisher, fingerprint);
}

static gboolean
trust (const Options *options, const XsCourseManifest *manifest, GError **error)
{
  g_autofree char *fingerprint = xs_publisher_fingerprint (manifest->key);

  if (!options->trust)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
                   "This kiosk does not know the publisher “%s” with the fingerprint %s. Have the publisher tell you "
                   "theirs, by telephone for example; when it is the same, repeat with --trust",
                   manifest->publisher, fingerprint);
      return FALSE;
    }
  if (options->fingerprint != NULL && g_ascii_strcasecmp (options->fingerprint, fingerprint) != 0)
    {
      g_set_error (error, XS_ERROR, XS_ERROR_UNAUTHORIZED,
                   "The publisher “%s” has the fingerprint %s, not %s: this may be somebody else; nothing is installed",
                   manifest->publisher, fingerprint, options->fingerprint);
      return FALSE;
    }
  print_publisher (manifest);
  return xs_publisher_trust (options->state_dir, manifest->key, manifest->publisher, error);
}

static gboolean
install (const Options *options, char **arguments, GError **error)
{
  g_autoptr (XsCoursePackage) package = xs_course_package_open (arguments[0], error);
  gboolean trusted;
  guint replaced_version;

  if (package == NULL)
    return FALSE;
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  if (!xs_publisher_is_trusted (options->state_dir, manifest->key, &trusted, error)
      || (!trusted && !trust (options, manifest, error))
      || !xs_course_library_install (options->state_dir, package,
                                     options->downgrade ? XS_INSTALL_DOWNGRADE : XS_INSTALL_NOTHING, &replaced_version,
                                     error))
    return FALSE;
  g_print ("%s, version %u, is installed", manifest->id, manifest->version);
  if (replaced_version > 0)
    g_print (" in the place of version %u", replaced_version);
  g_print (": %s\nThe kiosk shows it from its next start on.\n", manifest->title);
  return TRUE;
}

static gboolean
fetch (const Options *options, char **arguments, GError **error)
{
  return xs_command_course_fetch (options->state_dir, error);
}

static gboolean
list (const Options *options, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) courses = xs_course_library_list (options->state_dir, error);

  if (courses == NULL)
    return FALSE;
  if (courses->len == 0)
    g_print ("No course is installed: the kiosk shows the sample course.\n");
  for (guint i = 0; i < courses->len; i++)
    {
      const XsInstalledCourse *course = g_ptr_array_index (courses, i);
      const char *mark = course->chosen ? "* " : "  ";

      if (course->manifest != NULL)
        g_print ("%s%s %u  %s  (%s)\n", mark, course->id, course->manifest->version, course->manifest->title,
                 course->manifest->publisher);
      else
        g_print ("%s%s  %s\n", mark, course->id, course->problem);
    }
  return TRUE;
}

static gboolean
remove_course (const Options *options, char **arguments, GError **error)
{
  if (!xs_course_library_remove (options->state_dir, arguments[0], error))
    return FALSE;
  g_print ("%s is removed\n", arguments[0]);
  return TRUE;
}

static gboolean
choose (const Options *options, char **arguments, GError **error)
{
  if (!xs_course_library_choose (options->state_dir, arguments[0], error))
    return FALSE;
  g_print ("The kiosk shows %s from its next start on.\n", arguments[0]);
  return TRUE;
}

static gboolean
show (const Options *options, char **arguments, GError **error)
{
  g_autoptr (XsCoursePackage) package = xs_course_package_open (arguments[0], error);
  gboolean trusted;

  if (package == NULL)
    return FALSE;
  const XsCourseManifest *manifest = xs_course_package_get_manifest (package);
  if (!xs_publisher_is_trusted (options->state_dir, manifest->key, &trusted, error))
    return FALSE;
  g_print ("course: %s\nid: %s\nversion: %u\n", manifest->title, manifest->id, manifest->version);
  print_publisher (manifest);
  g_print ("trusted: %s\nfiles: %u\n", trusted ? "yes" : "no", xs_course_manifest_get_n_files (manifest));
  for (guint i = 0; i < xs_course_manifest_get_n_files (manifest); i++)
    {
      const XsCourseFile *file = xs_course_manifest_get_file (manifest, i);
      g_print ("  %12" G_GINT64_FORMAT "  %s\n", file->size_bytes, file->name);
    }
  if (!xs_course_package_unpack (package, NULL, error))
    return FALSE;
  g_print ("All is as its publisher signed it.\n");
  return TRUE;
}

static const Subcommand subcommands[] = {
  { "build", "DIR", 1, "Makes a package of the course in the folder DIR, after playing every lesson to its end.", "ok",
    build },
  { "fetch", NULL, 0, "Fetches what the school hands out and this kiosk lacks, and installs it, while it does not run.",
    "s", fetch },
  { "install", "FILE", 1, "Installs a course package on this kiosk, in the place of an older version.", "sdt",
    install },
  { "keygen", "FILE", 1, "Makes a publisher's key: FILE is the secret one, FILE.pub the public one.", "n", keygen },
  { "list", NULL, 0, "Lists the installed courses; the kiosk shows the one with a *.", "s", list },
  { "remove", "ID", 1, "Removes an installed course.", "s", remove_course },
  { "show", "FILE", 1, "Tells what is in a course package, and whether it is as its publisher made it.", "s", show },
  { "use", "ID", 1, "Has the kiosk show this one of several installed courses.", "s", choose },
};

static void
print_usage (void)
{
  g_print ("Usage: xueshi course COMMAND [OPTION…]\n\nCommands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++)
    g_print ("  %-8s %-5s %s\n", subcommands[i].name, subcommands[i].arguments != NULL ? subcommands[i].arguments : "",
             subcommands[i].summary);
  g_print ("\n“xueshi course COMMAND --help” explains one; docs/course.md shows how a school makes a course.\n");
}

gboolean
xs_command_course (int argc, char **argv, GError **error)
{
  g_auto (Options) options = { 0 };

  if (argc < 2)
    return wrong_options ("a command is needed", error);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_usage ();
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (subcommands); i++)
    {
      if (g_str_equal (argv[1], subcommands[i].name))
        return parse (&subcommands[i], &options, argc - 1, argv + 1, error)
               && subcommands[i].run (&options, argv + 2, error);
    }
  g_autofree char *what = g_strdup_printf ("there is no command “course %s”", argv[1]);
  return wrong_options (what, error);
}
