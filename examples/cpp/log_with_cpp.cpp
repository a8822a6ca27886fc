// Logging from C++17: scalars, a histogram and a gallery of predictions.
//   log_with_cpp [directory]          then: tensorboard --logdir runs
#include <sumi/sumi.hpp>

#include <cmath>
#include <iostream>
#include <random>

constexpr int side = 16, pictures = 6, steps = 101;

int main(int argc, char **argv) {
  sumi::writer log(argc > 1 ? argv[1] : "runs/log_with_cpp",
                   [](const char *text) { std::cerr << text << "\n"; });

  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  std::vector<float> weights(1000), pixels(pictures * side * side * 3);
  for (int step = 0; step < steps; ++step) {
    log.scalar("loss", step, std::exp(-0.05 * step));
    if (step % 50 != 0) continue;

    for (float &weight : weights) weight = normal(random) / static_cast<float>(1 + step);
    log.histogram("weights", step, weights);

    // Pictures as [channels, height, width], as most C++ libraries hold them.
    std::vector<sumi_prediction_t> predictions(pictures);
    for (int i = 0; i < pictures; ++i) {
      float *picture = &pixels[static_cast<std::size_t>(i * side * side * 3)];
      for (int at = 0; at < side * side; ++at) {
        const bool inside = std::hypot(at % side - side / 2, at / side - side / 2) < 3 + i;
        picture[i % 3 * side * side + at] = inside ? 1.0f : 0.2f;
      }
      predictions[static_cast<std::size_t>(i)].image = sumi::view(picture, {3, side, side});
      predictions[static_cast<std::size_t>(i)].label = i % 3 == 0 ? "red" : "green";
      predictions[static_cast<std::size_t>(i)].truth = i % 3 == 0   ? "red"
                                                       : i % 3 == 1 ? "green"
                                                                    : "blue";
    }
    sumi_gallery_options_t options{};
    options.channels_first = true;
    options.columns = 3;
    log.predictions("predictions", step, predictions, options);
  }
  return log.close() == SUMI_OK ? 0 : 1;
}
