! Logging for TensorBoard from Fortran 2008: the calls of <sumi/summary.h> that take what Fortran has. Compile it with your
! program and link sumi-summary.
!
!   type(sumi_writer) :: log
!   call log%open("runs/a", intervals="*=100; loss=10")
!   call log%scalar("loss", step, loss)
!   if (log%close() /= 0) print *, sumi_message()
!
! Fortran's arrays are column-major: a picture is declared (channel, x, y), a batch of them (channel, x, y, picture), which
! in memory is C's [picture, y, x, channel].
module sumi
  use, intrinsic :: iso_c_binding
  implicit none
  private
  public :: sumi_writer, sumi_message, sumi_ok

  integer, parameter :: sumi_ok = 0
  integer(c_int), parameter :: float32 = 1, float64 = 2, max_rank = 8

  type, bind(c) :: array_view
    integer(c_int) :: dtype = 0, rank = 0
    integer(c_int64_t) :: dims(max_rank) = 0
    type(c_ptr) :: data = c_null_ptr
  end type

  ! The options of sumi_writer_open, up to the last one that is set here: the library takes the rest as not given.
  type, bind(c) :: writer_options
    integer(c_size_t) :: struct_size = 0
    type(c_ptr) :: intervals = c_null_ptr
  end type

  type, bind(c) :: predictions_options
    integer(c_size_t) :: struct_size = 0
    type(c_ptr) :: class_names = c_null_ptr
    integer(c_int) :: columns = 0
    integer(c_int) :: rest = 0 ! worst_first, and the padding that struct_size counts
  end type

  ! sumi_prediction_t
  type, bind(c) :: prediction
    type(array_view) :: image
    type(c_ptr) :: label = c_null_ptr, truth = c_null_ptr
    real(c_double) :: score = 0
    logical(c_bool) :: has_score = .false.
    integer(c_int) :: verdict = 0
    integer(c_int64_t) :: id = 0
    type(c_ptr) :: probabilities = c_null_ptr
    integer(c_int) :: probability_count = 0
    type(c_ptr) :: boxes = c_null_ptr
    integer(c_int) :: box_count = 0
    type(c_ptr) :: masks = c_null_ptr
    integer(c_int) :: mask_count = 0
    type(c_ptr) :: keypoints = c_null_ptr
    integer(c_int) :: keypoint_count = 0
    type(c_ptr) :: bones = c_null_ptr
    integer(c_int) :: bone_count = 0
  end type

  type :: sumi_writer
    private
    type(c_ptr) :: handle = c_null_ptr
  contains
    procedure :: open => writer_open
    procedure :: due => writer_due
    procedure :: scalar => writer_scalar
    procedure, private :: histogram_real32, histogram_real64
    generic :: histogram => histogram_real32, histogram_real64
    procedure :: text => writer_text
    procedure :: image => writer_image
    procedure :: predictions => writer_predictions
    procedure :: flush => writer_flush
    procedure :: close => writer_close
  end type

  interface
    function c_open(directory, options) bind(c, name="sumi_writer_open_with") result(writer)
      import
      character(kind=c_char), intent(in) :: directory(*)
      type(writer_options), intent(in) :: options
      type(c_ptr) :: writer
    end function
    function c_due(writer, tag, step) bind(c, name="sumi_writer_due") result(due)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*)
      integer(c_int64_t), value :: step
      logical(c_bool) :: due
    end function
    function c_scalar(writer, tag, step, number) bind(c, name="sumi_writer_scalar") result(status)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*)
      integer(c_int64_t), value :: step
      real(c_double), value :: number
      integer(c_int) :: status
    end function
    function c_histogram(writer, tag, step, view, options) bind(c, name="sumi_writer_histogram_with") result(status)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*)
      integer(c_int64_t), value :: step
      type(array_view), intent(in) :: view
      type(c_ptr), value :: options
      integer(c_int) :: status
    end function
    function c_text(writer, tag, step, markdown) bind(c, name="sumi_writer_text") result(status)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*), markdown(*)
      integer(c_int64_t), value :: step
      integer(c_int) :: status
    end function
    function c_image(writer, tag, step, view, options) bind(c, name="sumi_writer_image_with") result(status)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*)
      integer(c_int64_t), value :: step
      type(array_view), intent(in) :: view
      type(c_ptr), value :: options
      integer(c_int) :: status
    end function
    function c_predictions(writer, tag, step, items, count, options) &
        bind(c, name="sumi_writer_predictions_with") result(status)
      import
      type(c_ptr), value :: writer
      character(kind=c_char), intent(in) :: tag(*)
      integer(c_int64_t), value :: step, count
      type(prediction), intent(in) :: items(*)
      type(predictions_options), intent(in) :: options
      integer(c_int) :: status
    end function
    function c_flush(writer) bind(c, name="sumi_writer_flush") result(status)
      import
      type(c_ptr), value :: writer
      integer(c_int) :: status
    end function
    function c_close(writer) bind(c, name="sumi_writer_close") result(status)
      import
      type(c_ptr), value :: writer
      integer(c_int) :: status
    end function
    function c_message() bind(c, name="sumi_error_message") result(text)
      import
      type(c_ptr) :: text
    end function
    function c_strlen(text) bind(c, name="strlen") result(length)
      import
      type(c_ptr), value :: text
      integer(c_size_t) :: length
    end function
  end interface

contains

  ! A text as C has it; blanks at its end are Fortran's padding.
  pure function c_text_of(text) result(bytes)
    character(*), intent(in) :: text
    character(kind=c_char, len=len_trim(text) + 1) :: bytes
    bytes = trim(text)//c_null_char
  end function

  ! The text of the last failure.
  function sumi_message() result(text)
    character(:), allocatable :: text
    character(kind=c_char), pointer :: bytes(:)
    type(c_ptr) :: address
    integer :: i, length
    address = c_message()
    length = int(c_strlen(address))
    call c_f_pointer(address, bytes, [length])
    allocate (character(length) :: text)
    do i = 1, length
      text(i:i) = bytes(i)
    end do
  end function

  ! Opens a run's directory; rules for `intervals` as in sumi-intervals(7). A failure is reported by flush and close.
  subroutine writer_open(self, directory, intervals)
    class(sumi_writer), intent(inout) :: self
    character(*), intent(in) :: directory
    character(*), intent(in), optional :: intervals
    type(writer_options) :: options
    character(kind=c_char, len=:), allocatable, target :: rules
    options%struct_size = c_sizeof(options)
    if (present(intervals)) then
      rules = c_text_of(intervals)
      options%intervals = c_loc(rules)
    end if
    self%handle = c_open(c_text_of(directory), options)
  end subroutine

  ! Whether a summary logged under the tag at the step would be written.
  function writer_due(self, tag, step) result(due)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    logical :: due
    due = c_due(self%handle, c_text_of(tag), step)
  end function

  subroutine writer_scalar(self, tag, step, number)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    real(c_double), intent(in) :: number
    integer(c_int) :: status
    status = c_scalar(self%handle, c_text_of(tag), step, number)
  end subroutine

  subroutine histogram_real32(self, tag, step, values)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    real(c_float), intent(in), target, contiguous :: values(:)
    integer(c_int) :: status
    status = c_histogram(self%handle, c_text_of(tag), step, view_of(c_loc(values), float32, [size(values)]), c_null_ptr)
  end subroutine

  subroutine histogram_real64(self, tag, step, values)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    real(c_double), intent(in), target, contiguous :: values(:)
    integer(c_int) :: status
    status = c_histogram(self%handle, c_text_of(tag), step, view_of(c_loc(values), float64, [size(values)]), c_null_ptr)
  end subroutine

  subroutine writer_text(self, tag, step, markdown)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag, markdown
    integer(c_int64_t), intent(in) :: step
    integer(c_int) :: status
    status = c_text(self%handle, c_text_of(tag), step, c_text_of(markdown))
  end subroutine

  ! Pixels (channel, x, y, picture), 0 to 1.
  subroutine writer_image(self, tag, step, pixels)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    real(c_float), intent(in), target, contiguous :: pixels(:, :, :, :)
    integer(c_int) :: status
    status = c_image(self%handle, c_text_of(tag), step, view_of(c_loc(pixels), float32, shape(pixels)), c_null_ptr)
  end subroutine

  ! A gallery: pixels (channel, x, y, picture), 0 to 1, with what was predicted for each and what is true.
  subroutine writer_predictions(self, tag, step, pixels, labels, truths, scores, columns)
    class(sumi_writer), intent(in) :: self
    character(*), intent(in) :: tag
    integer(c_int64_t), intent(in) :: step
    real(c_float), intent(in), target, contiguous :: pixels(:, :, :, :)
    character(*), intent(in) :: labels(:)
    character(*), intent(in), optional :: truths(:)
    real(c_double), intent(in), optional :: scores(:)
    integer, intent(in), optional :: columns
    type(prediction) :: items(size(labels))
    type(predictions_options) :: options
    character(kind=c_char, len=len(labels) + 1), target :: label_texts(size(labels))
    character(kind=c_char, len=1024), target :: truth_texts(size(labels))
    integer :: i
    integer(c_int) :: status
    options%struct_size = c_sizeof(options)
    if (present(columns)) options%columns = columns
    do i = 1, min(size(labels), size(pixels, 4))
      label_texts(i) = c_text_of(labels(i))
      items(i)%image = view_of(c_loc(pixels(1, 1, 1, i)), float32, shape(pixels(:, :, :, i)))
      items(i)%label = c_loc(label_texts(i))
      items(i)%id = i - 1
      if (present(truths)) then
        truth_texts(i) = c_text_of(truths(i))
        items(i)%truth = c_loc(truth_texts(i))
      end if
      if (present(scores)) then
        items(i)%score = scores(i)
        items(i)%has_score = .true.
      end if
    end do
    status = c_predictions(self%handle, c_text_of(tag), step, items, int(min(size(labels), size(pixels, 4)), c_int64_t), &
                           options)
  end subroutine

  ! Writes what was logged; the first failure's status, its text in sumi_message().
  function writer_flush(self) result(status)
    class(sumi_writer), intent(in) :: self
    integer :: status
    status = c_flush(self%handle)
  end function

  ! The one call that must be checked.
  function writer_close(self) result(status)
    class(sumi_writer), intent(inout) :: self
    integer :: status
    status = c_close(self%handle)
    self%handle = c_null_ptr
  end function

  ! Fortran's axes reversed are C's.
  function view_of(address, dtype, extents) result(view)
    type(c_ptr), intent(in) :: address
    integer(c_int), intent(in) :: dtype
    integer, intent(in) :: extents(:)
    type(array_view) :: view
    integer :: axis
    view%dtype = dtype
    view%rank = size(extents)
    do axis = 1, size(extents)
      view%dims(axis) = extents(size(extents) + 1 - axis)
    end do
    view%data = address
  end function
end module
