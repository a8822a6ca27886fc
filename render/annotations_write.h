/* The JSON that goes with a drawing into its PNG. The form, which annotations_read.c reads back:
 *   {"sumi":1, "kind":"gallery", "title":"…", "columns":8, "cells":[
 *     {"id":3, "cell":[x,y,w,h], "picture":[x,y,w,h], "shape":[28,28,1],
 *      "verdict":"wrong", "label":"…", "score":0.9, "truth":"…", "key":1.9, "probabilities":[…],
 *      "boxes":[{"at":[x0,y0,x1,y1], "label":"…", "score":0.5, "layer":"truth", "class":2,
 *       "match":"hit"}],
 *      "keypoints":[{"at":[x,y], "hidden":true, "absent":true, "layer":"truth", "class":0}]}]}
 *
 * Members without a value are left out. Instead of more than 100 probabilities stand their number
 * and the most probable: "classes":5000, "most_probable":[[17,0.9],…]. Texts end after 64 KiB. A
 * cell that would make the whole too long for a PNG says "left_out":true instead of all after the
 * verdict. Numbers that are not finite are the texts "nan", "inf" and "-inf". */
#ifndef SUMI_RENDER_ANNOTATIONS_WRITE_H
#define SUMI_RENDER_ANNOTATIONS_WRITE_H

#include <sumi/buffer.h>
#include <sumi/canvas.h>
#include <sumi/prediction.h>

/* "name":value members, each after a comma unless the buffer ends with an opening bracket. */
/* Nothing is written for a NULL text. */
void sumi__render_json_text(sumi_buffer_t *json, const char *name, const char *text);
void sumi__render_json_number(sumi_buffer_t *json, const char *name, double value);
void sumi__render_json_whole(sumi_buffer_t *json, const char *name, int64_t value);
void sumi__render_json_rect(sumi_buffer_t *json, const char *name, sumi_rect_t rect);
/* A NULL name opens an array's element. */
void sumi__render_json_open(sumi_buffer_t *json, const char *name, char bracket);
void sumi__render_json_close(sumi_buffer_t *json, char bracket);

/* Opens the outer object with its "sumi", "kind" and "title". */
void sumi__render_annotations_begin(sumi_buffer_t *json, const char *kind, const char *title);

/* One element of "cells". */
void sumi__render_annotations_cell(sumi_buffer_t *json, const sumi_prediction_t *prediction,
                                   sumi_rect_t cell, sumi_rect_t picture, double key);

/* Closes the outer object and hands the text to the picture, which is released when that fails; the
 * buffer is released in any case. */
sumi_status_t sumi__render_annotations_end(sumi_buffer_t *json, sumi_picture_t *picture);

/* The same for a canvas, whose pixels become the picture's. `status` is that of drawing: a failure
 * is returned, and everything released. */
sumi_status_t sumi__render_annotations_end_canvas(sumi_buffer_t *json, sumi_canvas_t *canvas,
                                                  sumi_status_t status, sumi_picture_t *picture);

#endif
