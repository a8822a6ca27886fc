// OpenCV's pictures in a log, without a copy beyond the change from BGR to RGB.
//   log_opencv [directory]
#include <opencv2/core.hpp>

#include <sumi/sumi.hpp>

int main(int argc, char **argv) {
  sumi::writer log(argc > 1 ? argv[1] : "runs/log_opencv");
  cv::Mat bgr(32, 48, CV_8UC3, cv::Scalar(200, 30, 10)), rgb(bgr.size(), bgr.type());
  const int order[] = {2, 0, 1, 1, 0, 2};
  // As cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB) of imgproc.
  cv::mixChannels(&bgr, 1, &rgb, 1, order, 3);

  log.image("blue", 0, rgb);
  log.histogram("values", 0, rgb);
  return log.close() == SUMI_OK ? 0 : 1;
}
