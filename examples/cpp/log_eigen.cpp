// Eigen's matrices in a log, without a copy.
//   log_eigen [directory]
#include <Eigen/Dense>

#include <sumi/sumi.hpp>

int main(int argc, char **argv) {
  sumi::writer log(argc > 1 ? argv[1] : "runs/log_eigen");
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> picture(32, 48);
  for (int y = 0; y < picture.rows(); ++y)
    for (int x = 0; x < picture.cols(); ++x)
      picture(y, x) = static_cast<float>(x) / static_cast<float>(picture.cols());
  const Eigen::VectorXd weights = Eigen::VectorXd::LinSpaced(100, -1, 1);
  const Eigen::MatrixXd columns = Eigen::MatrixXd::Identity(8, 8);

  log.image("ramp", 0, picture); // brighter to the right
  log.histogram("weights", 0, weights);
  // Column-major: the order of its numbers does not matter to a histogram.
  log.histogram("identity", 0, sumi::view(columns.data(), {columns.size()}));
  return log.close() == SUMI_OK ? 0 : 1;
}
