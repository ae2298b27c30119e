/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-webcams SOURCES OUT: recordings of study with their truth, as ./dev bench replay reads them, from the webcam
 * recordings of two people in SOURCES. The same every time.
 */

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <gst/app/app.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "recording-reader.h"
#include "webcam-scenes.hpp"
#include "xs-blob.h"
#include "xs-picture.h"
#include "xs-vision.h"

static const int fps = 25;
static const double sensor_sigma = 2;
/* Face light in the dark and against the light: below the least that the policy takes for light enough. */
static const double dark_luminance = 0.018, backlit_luminance = 0.028;
static const float far_brow_chin = 60;
static const double blur_per_eye_distance = 0.06;

/* A recording of one person: what of it a wide camera would show, and a moment that shows most of the wall. */
struct Source {
  const char *file;
  cv::Rect area;
  cv::Size size; /* the camera's */
  double room_s;
  Span span; /* in pixels of @area */
};

static const Source sources[] = {
  { "franck.webm", { 0, 0, 360, 270 }, { 960, 720 }, 178, { 95, 305, 168 } },
  { "cap12_edit.webm", { 0, 60, 400, 224 }, { 1280, 720 }, 40, { 158, 305, 224 } },
  { "cap13_edit2.webm", { 0, 60, 400, 224 }, { 1280, 720 }, 26, { 118, 328, 224 } },
};

/* Scenes that the truth calls by another name carry both: "photo:phone". */
struct Scene {
  const char *name;
  double seconds;
};

static const Scene first_order[] = {
  { "present", 12 }, { "absent", 5 },  { "present", 8 },   { "other_person", 6 }, { "present", 6 },
  { "dark", 6 },     { "present", 5 }, { "backlit", 6 },   { "blurred", 5 },      { "far", 6 },
  { "covered", 4 },  { "present", 8 }, { "two_faces", 6 }, { "photo:paper", 10 }, { "present", 8 },
};

static const Scene second_order[] = {
  { "present", 10 },  { "photo:phone", 10 }, { "other_person", 6 }, { "covered:bright", 4 }, { "present", 8 },
  { "two_faces", 6 }, { "other_person", 5 }, { "absent", 5 },       { "present", 8 },        { "far", 6 },
  { "dark", 6 },      { "backlit", 6 },      { "blurred", 5 },      { "present", 8 },        { "photo:frozen", 10 },
  { "absent", 4 },    { "present", 6 },
};

struct Recording {
  const char *name;
  int student;
  double from_s, to_s;
  int photo;
  double photo_s; /* the registration photo: another moment, or another recording */
  int other;
  double other_s;
  bool is_second_order;
};

static const Recording recordings[] = {
  { "franck-1", 0, 0, 60, 0, 140, 1, 2, false },
  { "franck-2", 0, 90, 150, 0, 6, 2, 1, true },
  { "cap12", 1, 0, 55, 2, 9, 0, 66, true },
  { "cap13", 2, 0, 32, 1, 10, 0, 20, false },
};

/* Frames of one stretch of a source, forwards and backwards: movement goes on without a jump. */
struct Clip {
  const Source *source;
  std::vector<cv::Mat> frames; /* of the source's area */
  size_t next = 0;
};

static std::vector<cv::Mat>
read_frames (const std::string &folder, const Source &source, double from_s, double to_s)
{
  g_autoptr (RecordingReader) reader = recording_reader_new ((folder + "/" + source.file).c_str (), fps);
  std::vector<cv::Mat> frames;

  for (int i = 0; i < cvRound (to_s * fps); i++)
    {
      g_autoptr (XsFrame) frame = recording_reader_next (reader);
      if (frame == nullptr)
        break;
      const cv::Mat whole (frame->height_px, frame->width_px, CV_8UC3, (void *) xs_frame_data (frame),
                           (size_t) frame->stride_bytes);
      if (i >= cvRound (from_s * fps))
        frames.push_back (whole (source.area).clone ());
    }
  if (frames.empty ())
    g_error ("%s ends before %g s", source.file, from_s);
  return frames;
}

static cv::Mat
read_frame (const std::string &folder, const Source &source, double at_s)
{
  return read_frames (folder, source, at_s, at_s + 1.0 / fps)[0];
}

static cv::Mat
next_frame (Clip &clip)
{
  const size_t n = clip.frames.size (), turn = 2 * n - 2, at = clip.next++ % turn;
  return enlarge (clip.frames[at < n ? at : turn - at], clip.source->size);
}

static XsFrame *
frame_of (const cv::Mat &rgb, gint64 time_us)
{
  g_autoptr (GBytes) bytes = g_bytes_new (rgb.data, rgb.total () * rgb.elemSize ());
  return xs_frame_new (rgb.cols, rgb.rows, rgb.cols * 3, time_us, bytes);
}

static Seat
find_seat (XsVision *vision, const cv::Mat &rgb)
{
  g_autoptr (XsFrame) frame = frame_of (rgb, 0);
  g_autoptr (GError) error = nullptr;
  XsObservation seen;

  if (!xs_vision_observe_picture (vision, frame, &seen, &error))
    g_error ("%s", error->message);
  if (seen.n_faces == 0)
    g_error ("no face where one should be");
  cv::Point2f eyes;
  for (int corner : { 33, 133, 362, 263 })
    eyes += cv::Point2f (seen.landmarks[corner].x_px, seen.landmarks[corner].y_px) * 0.25f;
  const XsFaceBox &box = seen.faces[0];
  return { eyes, seen.inter_eye_distance_px, seen.brow_chin_px,
           cv::Rect2f (box.x_px, box.y_px, box.width_px, box.height_px), seen.luminance };
}

/* What the recording goes to: VP8 in Matroska. With a positive cpu-used pixels would depend on how busy the PC is. */
struct Writer {
  GstElement *pipeline;
  GstElement *source;
  guint64 n_frames = 0;
};

static Writer
open_writer (const std::string &path, cv::Size size)
{
  g_autofree char *launch = g_strdup_printf (
    "appsrc name=source block=true max-bytes=16000000 format=time caps=video/x-raw,format=RGB,width=%d,height=%d,"
    "framerate=%d/1,pixel-aspect-ratio=1/1 ! videoconvert ! video/x-raw,format=I420 ! vp8enc deadline=1 cpu-used=-8 "
    "threads=2 target-bitrate=4000000 keyframe-max-dist=50 ! matroskamux ! filesink name=sink",
    size.width, size.height, fps);
  g_autoptr (GError) error = nullptr;
  Writer writer = { gst_parse_launch (launch, &error), nullptr };

  g_assert_no_error (error);
  writer.source = gst_bin_get_by_name (GST_BIN (writer.pipeline), "source");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (writer.pipeline), "sink");
  g_object_set (sink, "location", path.c_str (), nullptr);
  gst_element_set_state (writer.pipeline, GST_STATE_PLAYING);
  return writer;
}

static void
write_frame (Writer &writer, const cv::Mat &rgb)
{
  const gsize size = rgb.total () * rgb.elemSize ();
  GstBuffer *buffer = gst_buffer_new_memdup (rgb.data, size);

  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (writer.n_frames, GST_SECOND, fps);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / fps;
  writer.n_frames++;
  if (gst_app_src_push_buffer (GST_APP_SRC (writer.source), buffer) != GST_FLOW_OK)
    g_error ("the encoder takes no more frames");
}

static void
close_writer (Writer &writer)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (writer.pipeline);

  gst_app_src_end_of_stream (GST_APP_SRC (writer.source));
  g_autoptr (GstMessage) message =
    gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, (GstMessageType) (GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    g_error ("writing the recording failed");
  gst_element_set_state (writer.pipeline, GST_STATE_NULL);
  g_clear_object (&writer.source);
  g_clear_object (&writer.pipeline);
}

/* Everything one recording is made of. */
struct Studio {
  XsVision *vision;
  Clip student, other;
  Seat seat, other_seat; /* where they sat last */
  cv::Mat room, last;    /* last: of the student by themselves */
  Sheet paper, phone;
  int seed;
};

/* One frame of a scene; @time_s: since it began. */
static cv::Mat
make_frame (Studio &studio, const std::string &scene, double time_s)
{
  const cv::Size size = studio.room.size ();
  const Seat &seat = studio.seat;

  if (scene == "absent")
    return studio.room;
  if (scene == "covered" || scene == "covered:bright")
    return cover (size, scene == "covered" ? 17 : 150);
  if (scene == "photo:frozen")
    return studio.last;
  if (scene == "photo:paper" || scene == "photo:phone")
    return hold_up (scene == "photo:paper" ? studio.paper : studio.phone, studio.room, seat.eye_distance, time_s,
                    studio.seed);
  if (scene == "other_person")
    return lay_face (next_frame (studio.other), studio.other_seat, seat.eyes, seat.eye_distance, size);

  const cv::Mat picture = next_frame (studio.student);
  if (scene == "two_faces")
    return sit_together (picture, seat, next_frame (studio.other), studio.other_seat);
  if (scene == "dark")
    return expose (picture, dark_luminance / seat.luminance);
  if (scene == "backlit")
    return stand_before_windows (picture, seat, backlit_luminance / seat.luminance);
  if (scene == "far")
    return sit_far (picture, seat, far_brow_chin / seat.brow_chin, studio.room);
  if (scene == "blurred")
    return blur (picture, blur_per_eye_distance * seat.eye_distance);
  g_assert_true (scene == "present");
  studio.last = picture;
  return picture;
}

/* Where both sit now, without using a frame up. */
static void
find_seats (Studio &studio)
{
  for (auto [clip, seat] : { std::pair (&studio.student, &studio.seat), std::pair (&studio.other, &studio.other_seat) })
    {
      const cv::Mat frame = next_frame (*clip);
      clip->next--;
      *seat = find_seat (studio.vision, frame);
    }
}

static void
add_truth (JsonBuilder *json, double from_s, double to_s, const std::string &scene)
{
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "t0");
  json_builder_add_double_value (json, from_s);
  json_builder_set_member_name (json, "t1");
  json_builder_add_double_value (json, to_s);
  json_builder_set_member_name (json, "scene");
  json_builder_add_string_value (json, scene.substr (0, scene.find (':')).c_str ());
  json_builder_set_member_name (json, "kind");
  json_builder_add_string_value (json, scene.c_str ());
  json_builder_end_object (json);
}

static void
write_photo (XsVision *vision, const cv::Mat &picture, const std::string &path)
{
  const cv::Size size (260, 378);
  const Seat seat = find_seat (vision, picture);
  const float scale = 0.6f * (float) size.width / seat.box.width;
  const cv::Point2f middle = (seat.box.tl () + seat.box.br ()) * 0.5f;
  const cv::Point2f eyes = cv::Point2f (size.width * 0.5f, size.height * 0.5f) + (seat.eyes - middle) * scale;
  const cv::Mat photo = lay_face (picture, seat, eyes, seat.eye_distance * scale, size);
  g_autoptr (XsFrame) frame = frame_of (photo, 0);
  g_autoptr (GError) error = nullptr;
  g_autoptr (GBytes) jpeg = xs_picture_encode_jpeg (frame, 85, &error);

  if (jpeg == nullptr || !xs_blob_write (path.c_str (), jpeg, &error))
    g_error ("%s", error->message);
}

static void
make_recording (XsVision *vision, const std::string &folder, const std::string &out, const Recording &recording)
{
  const Source &source = sources[recording.student], &other = sources[recording.other];
  Studio studio = {};
  g_autoptr (JsonBuilder) json = json_builder_new ();
  std::vector<Scene> scenes (std::begin (first_order), std::end (first_order));

  if (recording.is_second_order)
    scenes.assign (std::begin (second_order), std::end (second_order));
  studio.vision = vision;
  studio.seed = (int) (&recording - recordings);
  studio.student = { &source, read_frames (folder, source, recording.from_s, recording.to_s) };
  studio.other = { &other, read_frames (folder, other, recording.other_s, recording.other_s + 20) };
  studio.room = enlarge (empty_room (read_frame (folder, source, source.room_s), source.span), source.size);
  const cv::Mat still = enlarge (studio.student.frames[studio.student.frames.size () * 2 / 3], source.size);
  studio.paper = make_sheet (still, find_seat (vision, still), false);
  studio.phone = make_sheet (still, find_seat (vision, still), true);
  const Source &photo = sources[recording.photo];
  write_photo (vision, enlarge (read_frame (folder, photo, recording.photo_s), photo.size),
               out + "/" + recording.name + ".ref.jpg");

  Writer writer = open_writer (out + "/" + recording.name + ".mkv", source.size);
  Sensor sensor (source.size, studio.seed);
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "truth");
  json_builder_begin_array (json);
  for (const Scene &scene : scenes)
    {
      const double from_s = (double) writer.n_frames / fps;
      find_seats (studio);
      for (int i = 0; i < cvRound (scene.seconds * fps); i++)
        write_frame (writer, sensor.noisy (make_frame (studio, scene.name, (double) i / fps), sensor_sigma));
      add_truth (json, from_s, (double) writer.n_frames / fps, scene.name);
    }
  json_builder_end_array (json);
  json_builder_set_member_name (json, "seconds");
  json_builder_add_double_value (json, (double) writer.n_frames / fps);
  json_builder_end_object (json);
  close_writer (writer);
  g_autoptr (JsonNode) root = json_builder_get_root (json);
  g_autofree char *text = json_to_string (root, TRUE);
  if (!g_file_set_contents ((out + "/" + recording.name + ".truth.json").c_str (), text, -1, nullptr))
    g_error ("%s cannot be written", out.c_str ());
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = nullptr;

  gst_init (&argc, &argv);
  g_autoptr (XsVision) vision = xs_vision_new (nullptr, &error);
  if (argc < 3 || vision == nullptr)
    {
      g_printerr ("%s\n", vision == nullptr ? error->message : "Usage: bench-webcams SOURCES OUT [NAME]");
      return EXIT_FAILURE;
    }
  for (const Recording &recording : recordings)
    {
      if (argc == 3 || g_str_equal (argv[3], recording.name))
        make_recording (vision, argv[1], argv[2], recording);
    }
  return EXIT_SUCCESS;
}
