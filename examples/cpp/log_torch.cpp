// LibTorch's tensors in a log, without a copy.
//   log_torch [directory]
#include <torch/torch.h>

#include <sumi/sumi.hpp>

int main(int argc, char **argv) {
  sumi::writer log(argc > 1 ? argv[1] : "runs/log_torch");
  const torch::Tensor weights = torch::linspace(-1, 1, 100),
                      pictures = torch::zeros({2, 3, 16, 24});
  pictures.select(1, 0).fill_(1); // red

  sumi_image_options_t options{};
  options.channels_first = true;
  log.histogram("weights", 0, weights);
  log.image("red", 0, pictures, options);
  return log.close() == SUMI_OK ? 0 : 1;
}
