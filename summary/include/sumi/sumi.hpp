// Logging from C++17 and later: a writer that closes itself, and views of what holds numbers.
// Header only; everything is done by the C calls of <sumi/summary.h>, whose documentation holds for
// the methods of the same names.
//
//   sumi::writer log("runs/a", [](const char *text) { std::cerr << text << "\n"; });
//   for (std::int64_t step = 0; step < steps; ++step) {
//     log.scalar("loss", step, train());
//     log.histogram("weights", step, weights);  // std::vector, Eigen, cv::Mat, torch::Tensor, …
//   }
//
// Options are the C structs: `{.columns = 8}` in C++20, a variable whose members are assigned in
// C++17. Their struct_size is filled in here.
#ifndef SUMI_SUMI_HPP
#define SUMI_SUMI_HPP

#include <sumi/summary.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace sumi {

// The dtype of a C++ number, by its size and kind, so that long and long long are both int64.
template <class Number> constexpr sumi_dtype_t dtype_of() {
  using Plain = std::remove_cv_t<Number>;
  static_assert(std::is_arithmetic_v<Plain>, "Sumi logs numbers: float, double, bool and integers");
  if constexpr (std::is_same_v<Plain, bool>) {
    return SUMI_BOOL;
  } else if constexpr (std::is_floating_point_v<Plain>) {
    static_assert(sizeof(Plain) == 4 || sizeof(Plain) == 8, "long double is not logged");
    return sizeof(Plain) == 4 ? SUMI_FLOAT32 : SUMI_FLOAT64;
  } else if constexpr (std::is_signed_v<Plain>) {
    return sizeof(Plain) == 1   ? SUMI_INT8
           : sizeof(Plain) == 2 ? SUMI_INT16
           : sizeof(Plain) == 4 ? SUMI_INT32
                                : SUMI_INT64;
  } else {
    return sizeof(Plain) == 1   ? SUMI_UINT8
           : sizeof(Plain) == 2 ? SUMI_UINT16
           : sizeof(Plain) == 4 ? SUMI_UINT32
                                : SUMI_UINT64;
  }
}

// Row-major numbers at `data`. Like every view it borrows: the numbers stay their owner's.
template <class Number>
sumi_array_view_t view(const Number *data, std::initializer_list<std::int64_t> dims) {
  return sumi_array_view_make(data, dtype_of<Number>(), static_cast<int>(dims.size()),
                              dims.begin());
}

namespace detail {

template <class, class = void> struct is_torch : std::false_type {};
template <class Tensor>
struct is_torch<Tensor, std::void_t<decltype(std::declval<const Tensor &>().data_ptr()),
                                    decltype(std::declval<const Tensor &>().sizes()),
                                    decltype(std::declval<const Tensor &>().scalar_type())>>
    : std::true_type {};

template <class, class = void> struct is_opencv : std::false_type {};
template <class Mat>
struct is_opencv<Mat, std::void_t<decltype(std::declval<const Mat &>().isContinuous()),
                                  decltype(std::declval<const Mat &>().depth()),
                                  decltype(std::declval<const Mat &>().channels())>>
    : std::true_type {};

template <class, class = void> struct is_eigen : std::false_type {};
template <class Matrix>
struct is_eigen<Matrix, std::void_t<decltype(std::declval<const Matrix &>().rows()),
                                    decltype(std::declval<const Matrix &>().cols()),
                                    decltype(std::declval<const Matrix &>().data()),
                                    decltype(Matrix::IsRowMajor)>> : std::true_type {};

// What a C call refuses with its own words: an array of an unknown dtype.
inline sumi_array_view_t no_view() {
  return sumi_array_view_t{SUMI_DTYPE_INVALID, 0, {}, nullptr};
}

// c10::ScalarType and OpenCV's depths, both numbered from 0 in the order of their headers.
inline sumi_dtype_t of_torch(int scalar_type) {
  constexpr sumi_dtype_t types[] = {SUMI_UINT8,         SUMI_INT8,          SUMI_INT16,
                                    SUMI_INT32,         SUMI_INT64,         SUMI_DTYPE_INVALID,
                                    SUMI_FLOAT32,       SUMI_FLOAT64,       SUMI_DTYPE_INVALID,
                                    SUMI_DTYPE_INVALID, SUMI_DTYPE_INVALID, SUMI_BOOL};
  return scalar_type >= 0 && scalar_type < 12 ? types[scalar_type] : SUMI_DTYPE_INVALID;
}
inline sumi_dtype_t of_opencv(int depth) {
  constexpr sumi_dtype_t types[] = {SUMI_UINT8, SUMI_INT8,    SUMI_UINT16, SUMI_INT16,
                                    SUMI_INT32, SUMI_FLOAT32, SUMI_FLOAT64};
  return depth >= 0 && depth < 7 ? types[depth] : SUMI_DTYPE_INVALID;
}

template <class Tensor> sumi_array_view_t torch_view(const Tensor &tensor) {
  const auto sizes = tensor.sizes();
  if (!tensor.is_contiguous()) return no_view(); // call .contiguous() (and .cpu()) first
  std::int64_t dims[SUMI_MAX_RANK] = {};
  for (std::size_t axis = 0; axis < sizes.size() && axis < SUMI_MAX_RANK; ++axis)
    dims[axis] = sizes[axis];
  return sumi_array_view_make(tensor.data_ptr(), of_torch(static_cast<int>(tensor.scalar_type())),
                              static_cast<int>(sizes.size()), dims);
}

template <class Mat> sumi_array_view_t opencv_view(const Mat &mat) {
  if (!mat.isContinuous()) return no_view(); // call .clone() first
  const std::int64_t dims[] = {mat.rows, mat.cols, mat.channels()};
  return sumi_array_view_make(mat.data, of_opencv(mat.depth()), mat.channels() == 1 ? 2 : 3, dims);
}

template <class Matrix> sumi_array_view_t eigen_view(const Matrix &matrix) {
  if constexpr (Matrix::IsVectorAtCompileTime) {
    return sumi::view(matrix.data(), {static_cast<std::int64_t>(matrix.size())});
  } else {
    static_assert(
        Matrix::IsRowMajor,
        "Eigen's matrices are column-major unless Eigen::RowMajor is asked for: log a row-major "
        "one, or sumi::view(m.data(), {m.size()}) where the order does not matter");
    return sumi::view(matrix.data(), {static_cast<std::int64_t>(matrix.rows()),
                                      static_cast<std::int64_t>(matrix.cols())});
  }
}

} // namespace detail

inline sumi_array_view_t view(const sumi_array_view_t &there) {
  return there;
}

// Anything that holds numbers in one piece: what has data() and size() as a vector; torch::Tensor
// (contiguous, on the CPU; pictures are channels first), cv::Mat (continuous; its colours are BGR
// unless converted), row-major Eigen matrices with their own shape.
template <class Holder> sumi_array_view_t view(const Holder &holder) {
  if constexpr (detail::is_torch<Holder>::value) {
    return detail::torch_view(holder);
  } else if constexpr (detail::is_opencv<Holder>::value) {
    return detail::opencv_view(holder);
  } else if constexpr (detail::is_eigen<Holder>::value) {
    return detail::eigen_view(holder);
  } else {
    return view(holder.data(), {static_cast<std::int64_t>(holder.size())});
  }
}

// The same numbers with another shape.
template <class Holder, class = std::enable_if_t<!std::is_pointer_v<Holder>>>
sumi_array_view_t view(const Holder &holder, std::initializer_list<std::int64_t> dims) {
  const sumi_array_view_t flat = view(holder);
  return sumi_array_view_make(flat.data, flat.dtype, static_cast<int>(dims.size()), dims.begin());
}

// Options with their size, which the C functions ask for.
template <class Options> Options sized(Options options) {
  options.struct_size = sizeof options;
  return options;
}

// The text of this thread's last failure.
inline const char *error_message() {
  return sumi_error_message();
}

// A run's log. Movable, not copyable. Calls may come from any thread and never throw; what fails is
// kept and reported by flush and close. The destructor closes; it hands the text of a failure to
// `on_failure`, if there is one, which must not throw.
class writer {
public:
  using failure_handler = std::function<void(const char *text)>;

  writer() = default; // logging switched off
  explicit writer(const std::string &directory, failure_handler on_failure = nullptr)
      : writer(directory, sumi_writer_options_t{}, std::move(on_failure)) {}
  writer(const std::string &directory, sumi_writer_options_t options,
         failure_handler on_failure = nullptr)
      : on_failure_(std::move(on_failure)) {
    options.struct_size = sizeof options;
    writer_ = sumi_writer_open_with(directory.c_str(), &options);
  }
  writer(writer &&other) noexcept
      : writer_(std::exchange(other.writer_, nullptr)), on_failure_(std::move(other.on_failure_)) {}
  writer &operator=(writer &&other) noexcept {
    if (this != &other) {
      close_and_report();
      writer_ = std::exchange(other.writer_, nullptr);
      on_failure_ = std::move(other.on_failure_);
    }
    return *this;
  }
  writer(const writer &) = delete;
  writer &operator=(const writer &) = delete;
  ~writer() { close_and_report(); }

  // For every C call that has no method here.
  sumi_writer_t *get() const noexcept { return writer_; }

  sumi_status_t flush() { return sumi_writer_flush(writer_); }
  sumi_status_t close() { return sumi_writer_close(std::exchange(writer_, nullptr)); }
  sumi_status_t status() const { return sumi_writer_status(writer_); }
  bool due(const std::string &tag, std::int64_t step) {
    return sumi_writer_due(writer_, tag.c_str(), step);
  }
  sumi_status_t describe(const std::string &tag, const std::string &title,
                         const std::string &description) {
    return sumi_writer_describe(writer_, tag.c_str(), title.c_str(), description.c_str());
  }

  sumi_status_t scalar(const std::string &tag, std::int64_t step, double value) {
    return sumi_writer_scalar(writer_, tag.c_str(), step, value);
  }
  template <class Step, std::enable_if_t<std::is_floating_point<Step>::value, int> = 0>
  sumi_status_t scalar(const std::string &tag, Step step,
                       double value) = delete; // a value in the step's place
  sumi_status_t scalars(std::int64_t step, std::initializer_list<sumi_scalar_t> values) {
    return sumi_writer_scalars(writer_, step, values.begin(), values.size());
  }
  template <class Numbers>
  sumi_status_t histogram(const std::string &tag, std::int64_t step, const Numbers &numbers,
                          sumi_histogram_options_t options = {}) {
    return with(&sumi_writer_histogram_with, tag, step, numbers, options);
  }
  sumi_status_t text(const std::string &tag, std::int64_t step, const std::string &markdown) {
    return sumi_writer_text(writer_, tag.c_str(), step, markdown.c_str());
  }
  template <class Pixels>
  sumi_status_t image(const std::string &tag, std::int64_t step, const Pixels &pixels,
                      sumi_image_options_t options = {}) {
    return with(&sumi_writer_image_with, tag, step, pixels, options);
  }
  template <class Predictions>
  sumi_status_t predictions(const std::string &tag, std::int64_t step,
                            const Predictions &predictions, sumi_gallery_options_t options = {}) {
    options.struct_size = sizeof options;
    return sumi_writer_predictions_with(writer_, tag.c_str(), step, predictions.data(),
                                        static_cast<std::int64_t>(predictions.size()), &options);
  }
  template <class Counts>
  sumi_status_t confusion(const std::string &tag, std::int64_t step, const Counts &counts,
                          sumi_confusion_options_t options = {}) {
    return with(&sumi_writer_confusion_with, tag, step, counts, options);
  }
  template <class Filters>
  sumi_status_t filters(const std::string &tag, std::int64_t step, const Filters &filters,
                        sumi_filters_options_t options = {}) {
    return with(&sumi_writer_filters_with, tag, step, filters, options);
  }
  template <class Samples>
  sumi_status_t audio(const std::string &tag, std::int64_t step, const Samples &samples,
                      int sample_rate_hz, sumi_audio_options_t options = {}) {
    const sumi_array_view_t seen = view(samples);
    options.struct_size = sizeof options;
    return sumi_writer_audio_with(writer_, tag.c_str(), step, &seen, sample_rate_hz, &options);
  }
  template <class Vertices>
  sumi_status_t mesh(const std::string &tag, std::int64_t step, const Vertices &vertices,
                     sumi_mesh_options_t options = {}) {
    return with(&sumi_writer_mesh_with, tag, step, vertices, options);
  }
  template <class Points>
  sumi_status_t embedding(const std::string &name, const Points &points,
                          sumi_embedding_options_t options = {}) {
    const sumi_array_view_t seen = view(points);
    options.struct_size = sizeof options;
    return sumi_writer_embedding_with(writer_, name.c_str(), &seen, &options);
  }
  sumi_status_t hparams(const std::vector<sumi_hparam_t> &hparams,
                        sumi_hparams_options_t options = {}) {
    options.struct_size = sizeof options;
    return sumi_writer_hparams_with(writer_, hparams.data(), hparams.size(), &options);
  }

private:
  template <class Options, class Holder>
  sumi_status_t with(sumi_status_t (*log)(sumi_writer_t *, const char *, std::int64_t,
                                          const sumi_array_view_t *, const Options *),
                     const std::string &tag, std::int64_t step, const Holder &holder,
                     Options options) {
    const sumi_array_view_t seen = view(holder);
    options.struct_size = sizeof options;
    return log(writer_, tag.c_str(), step, &seen, &options);
  }

  void close_and_report() noexcept {
    if (close() != SUMI_OK && on_failure_) on_failure_(sumi_error_message());
  }

  sumi_writer_t *writer_ = nullptr;
  failure_handler on_failure_;
};

} // namespace sumi

#endif
