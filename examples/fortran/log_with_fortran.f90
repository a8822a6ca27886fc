! Logging from Fortran: scalars, a histogram and a gallery of predictions.
!   log_with_fortran [directory]          then: tensorboard --logdir runs
program log_with_fortran
  use, intrinsic :: iso_c_binding
  use sumi
  implicit none
  integer, parameter :: side = 16, pictures = 6
  type(sumi_writer) :: log
  integer(c_int64_t) :: step
  real(c_double) :: weights(1000)
  real(c_float) :: pixels(3, side, side, pictures)
  character(5) :: labels(pictures), truths(pictures)
  character(1024) :: directory
  integer :: i, x, y

  directory = "runs/log_with_fortran"
  if (command_argument_count() > 0) call get_command_argument(1, directory)
  call log%open(directory, intervals="*=10; predictions=50; weights=50")
  do step = 0, 100
    call log%scalar("loss", step, exp(-0.05d0*step))
    if (log%due("weights", step)) then
      call random_number(weights)
      call log%histogram("weights", step, weights/(1 + step))
    end if
    if (log%due("predictions", step)) then
      pixels = 0.2
      do i = 1, pictures
        do y = 1, side
          do x = 1, side
            if (hypot(real(x - side/2), real(y - side/2)) < 2 + i) pixels(mod(i - 1, 3) + 1, x, y, i) = 1
          end do
        end do
        labels(i) = merge("red  ", "green", mod(i, 3) == 1)
        truths(i) = merge("red  ", merge("green", "blue ", mod(i, 3) == 2), mod(i, 3) == 1)
      end do
      call log%predictions("predictions", step, pixels, labels, truths, columns=3)
    end if
  end do
  if (log%close() /= sumi_ok) then
    print *, sumi_message()
    stop 1
  end if
end program
