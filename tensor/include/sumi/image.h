/* Pictures as arrays: decoding them, and what tf.image does to them, for functions of pipelines.
 *
 *   static sumi_status_t augment(const sumi_pipeline_call_t *call, sumi_element_t *element) {
 *     sumi_philox_t random = call->random;
 *     sumi_array_t *image = sumi_element_get(element, "image");
 *     SUMI_TRY(sumi_element_set(element, "image", sumi_image_random_crop(image, 24, 24, &random)));
 *     image = sumi_element_get(element, "image");
 *     return sumi_element_set(element, "image",
 *                             sumi_image_random_flip_left_right(image, &random));
 *   }
 *
 * Pictures are [height, width, channels], or several of them [n, height, width, channels], of uint8
 * (0 to 255) or float32 (0 to 1). Results are new arrays, which the caller unrefs, or NULL after
 * recording why: INVALID_ARGUMENT for another array, a place outside of the picture, sizes that are
 * not positive; RESOURCE_EXHAUSTED. Colours of uint8 are worked on as in TensorFlow: divided by
 * 255, and back times 255.5 without the fraction. Any thread.
 *
 * Random functions draw from a stream and move it on. */
#ifndef SUMI_IMAGE_H
#define SUMI_IMAGE_H

#include <sumi/array.h>
#include <sumi/pipeline.h>
#include <sumi/random.h>

SUMI_BEGIN_DECLS

/* ---- Files ---- */

typedef struct sumi_decode_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  int channels SUMI_UNSET;       /* 1, 3 or 4; default: those of the file */
} sumi_decode_options_t;

/** A PNG or JPEG picture as uint8. PNG of 16 bits loses the lower eight, palettes become colours.
 * errors  DATA_LOSS, with the byte or the library's words, for what is neither, damaged or ends
 *         early; INVALID_ARGUMENT above 65535 a side or 2^28 pixels; UNIMPLEMENTED JPEG, when Sumi
 *         was built without libjpeg. NULL then */
#define sumi_image_decode(bytes, ...) SUMI__IMAGE_DECODE(bytes, __VA_ARGS__, )
#define SUMI__IMAGE_DECODE(bytes, size_bytes, ...)                                                 \
  sumi_image_decode_with(bytes, size_bytes, SUMI_OPTIONS(sumi_decode_options_t, __VA_ARGS__))
SUMI_API sumi_array_t *sumi_image_decode_with(const void *bytes, size_t size_bytes,
                                              const sumi_decode_options_t *options) SUMI_MUST_USE;

/** The same of a file; messages name it. */
#define sumi_image_read(...) SUMI__IMAGE_READ(__VA_ARGS__, )
#define SUMI__IMAGE_READ(path, ...)                                                                \
  sumi_image_read_with(path, SUMI_OPTIONS(sumi_decode_options_t, __VA_ARGS__))
SUMI_API sumi_array_t *sumi_image_read_with(const char *path,
                                            const sumi_decode_options_t *options) SUMI_MUST_USE;

/* ---- Places ---- */

/** Mirrored. */
SUMI_API sumi_array_t *sumi_image_flip_left_right(const sumi_array_t *image) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_flip_up_down(const sumi_array_t *image) SUMI_MUST_USE;

/** A part (tf.image.crop_to_bounding_box); the middle `fraction` of both sides, above 0 and up to
 * 1 (central_crop). */
SUMI_API sumi_array_t *sumi_image_crop(const sumi_array_t *image, int64_t y, int64_t x,
                                       int64_t height, int64_t width) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_central_crop(const sumi_array_t *image,
                                               double fraction) SUMI_MUST_USE;

/** The picture at (y, x) in zeros (pad_to_bounding_box). */
SUMI_API sumi_array_t *sumi_image_pad(const sumi_array_t *image, int64_t y, int64_t x,
                                      int64_t height, int64_t width) SUMI_MUST_USE;

/** The middle cut out, or zeros around, as each side needs it (resize_with_crop_or_pad). */
SUMI_API sumi_array_t *sumi_image_crop_or_pad(const sumi_array_t *image, int64_t height,
                                              int64_t width) SUMI_MUST_USE;

/** How pixels of another size are made. */
typedef enum sumi_resize_method {
  SUMI_RESIZE_BILINEAR, /* between the four around; float32 */
  SUMI_RESIZE_NEAREST,  /* the dtype stays */
  SUMI_RESIZE_AREA      /* the mean of what a pixel covers; float32 */
} sumi_resize_method_t;

typedef struct sumi_resize_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  sumi_resize_method_t method SUMI_UNSET;
  bool align_corners SUMI_UNSET; /* the middles of the corners stay where they are */
  bool from_corner SUMI_UNSET;   /* TensorFlow 1's rule: pixel 0 stays where it is */
} sumi_resize_options_t;

/** tf.image.resize, of TensorFlow 2 unless options say otherwise. Numbers keep their range. */
#define sumi_image_resize(image, height, ...) SUMI__IMAGE_RESIZE(image, height, __VA_ARGS__, )
#define SUMI__IMAGE_RESIZE(image, height, width, ...)                                              \
  sumi_image_resize_with(image, height, width, SUMI_OPTIONS(sumi_resize_options_t, __VA_ARGS__))
SUMI_API sumi_array_t *sumi_image_resize_with(const sumi_array_t *image, int64_t height,
                                              int64_t width,
                                              const sumi_resize_options_t *options) SUMI_MUST_USE;

/* ---- Colours ---- */

/** uint8 to float32, divided by 255, and back (tf.image.convert_image_dtype); what is outside of 0
 * to 1 goes to the nearer end. */
SUMI_API sumi_array_t *sumi_image_convert(const sumi_array_t *image,
                                          sumi_dtype_t dtype) SUMI_MUST_USE;

/** Adds `delta` to every number of 0 to 1. */
SUMI_API sumi_array_t *sumi_image_adjust_brightness(const sumi_array_t *image,
                                                    double delta) SUMI_MUST_USE;

/** Makes the distance to the mean of each channel `factor` times as large. */
SUMI_API sumi_array_t *sumi_image_adjust_contrast(const sumi_array_t *image,
                                                  double factor) SUMI_MUST_USE;

/** Saturation times `factor`, which is not negative; hue turned by `delta`, -1 to 1. Three
 * channels. */
SUMI_API sumi_array_t *sumi_image_adjust_saturation(const sumi_array_t *image,
                                                    double factor) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_adjust_hue(const sumi_array_t *image, double delta) SUMI_MUST_USE;

/** float32 of mean 0 and deviation 1 for each picture (per_image_standardization). */
SUMI_API sumi_array_t *sumi_image_standardize(const sumi_array_t *image) SUMI_MUST_USE;

/* ---- At random ---- */

/** Mirrored, or a copy, equally likely. */
SUMI_API sumi_array_t *sumi_image_random_flip_left_right(const sumi_array_t *image,
                                                         sumi_philox_t *random) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_random_flip_up_down(const sumi_array_t *image,
                                                      sumi_philox_t *random) SUMI_MUST_USE;

/** A part of that size, from anywhere. */
SUMI_API sumi_array_t *sumi_image_random_crop(const sumi_array_t *image, int64_t height,
                                              int64_t width, sumi_philox_t *random) SUMI_MUST_USE;

/** Adjusted by a number from [-max_delta, max_delta), or [lower, upper). */
SUMI_API sumi_array_t *sumi_image_random_brightness(const sumi_array_t *image, double max_delta,
                                                    sumi_philox_t *random) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_random_contrast(const sumi_array_t *image, double lower,
                                                  double upper,
                                                  sumi_philox_t *random) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_random_saturation(const sumi_array_t *image, double lower,
                                                    double upper,
                                                    sumi_philox_t *random) SUMI_MUST_USE;
SUMI_API sumi_array_t *sumi_image_random_hue(const sumi_array_t *image, double max_delta,
                                             sumi_philox_t *random) SUMI_MUST_USE;

/* ---- Folders ---- */

/** The pictures of a folder; owned by whoever read it, until sumi_folder_release. */
typedef struct sumi_folder {
  sumi_array_t *paths SUMI_UNSET;       /* string [n] */
  sumi_array_t *labels SUMI_UNSET;      /* int32 [n]; NULL of unlabelled pictures */
  sumi_array_t *class_names SUMI_UNSET; /* string [number of classes]; NULL likewise */
} sumi_folder_t;

typedef struct sumi_folder_options {
  size_t struct_size SUMI_UNSET; /* filled in by the macros; see <sumi/options.h> */
  /* A file of lines "<path below the folder>,<class>", instead of sub-folders. */
  const char *labels SUMI_UNSET;
  bool unlabelled SUMI_UNSET; /* every picture below the folder */
} sumi_folder_options_t;

/** Finds the pictures of a folder: files that end in .png, .jpg or .jpeg, by the order of their
 * names; those that begin with a dot are passed over. Each sub-folder is a class, and its number
 * the place of its name among them, as Keras' image_dataset_from_directory numbers them. Classes in
 * a file of labels are numbers where all of them are, and names else. No picture is opened yet.
 * `found` is released first and stays empty on failure.
 * errors  NOT_FOUND no such folder, a folder without pictures; DATA_LOSS, with the line, for a file
 *         of labels that names a picture that is not there, or no class */
#define sumi_folder_read(path, ...) SUMI__FOLDER_READ(path, __VA_ARGS__, )
#define SUMI__FOLDER_READ(path, found, ...)                                                        \
  sumi_folder_read_with(path, found, SUMI_OPTIONS(sumi_folder_options_t, __VA_ARGS__))
SUMI_API sumi_status_t sumi_folder_read_with(const char *path, sumi_folder_t *found,
                                             const sumi_folder_options_t *options);

/** Drops the arrays and leaves an empty folder. NULL is allowed. */
SUMI_API void sumi_folder_release(sumi_folder_t *folder);

/** The pictures as "path" and, where there are labels, "label"; the folder may be released. To be
 * shuffled first, and then decoded. */
SUMI_API sumi_pipeline_t *sumi_pipeline_from_folder(const sumi_folder_t *folder) SUMI_MUST_USE;

typedef struct sumi_decode_images_options {
  size_t struct_size SUMI_UNSET;               /* filled in by the macros; see <sumi/options.h> */
  int channels SUMI_UNSET;                     /* 1, 3 or 4; default: those of each file */
  int64_t height SUMI_UNSET, width SUMI_UNSET; /* resized to, float32 0 to 255; default: as it is */
  int threads SUMI_UNSET;                      /* default: the one that asks */
  const char *from SUMI_UNSET; /* a path (a text), or the bytes (uint8), which leave; default
                                  "path" */
  const char *to SUMI_UNSET;   /* default "image" */
} sumi_decode_images_options_t;

/** Decodes a picture in each element. */
#define sumi_pipeline_decode_images(...) SUMI__PIPELINE_DECODE_IMAGES(__VA_ARGS__, )
#define SUMI__PIPELINE_DECODE_IMAGES(pipeline, ...)                                                \
  sumi_pipeline_decode_images_with(pipeline,                                                       \
                                   SUMI_OPTIONS(sumi_decode_images_options_t, __VA_ARGS__))
SUMI_API sumi_pipeline_t *
sumi_pipeline_decode_images_with(sumi_pipeline_t *pipeline,
                                 const sumi_decode_images_options_t *options) SUMI_MUST_USE;

SUMI_END_DECLS
#endif
