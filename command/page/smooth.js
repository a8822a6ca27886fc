'use strict';
// TensorBoard's smoothing: an exponential moving average, divided by the weight that it has gathered so far. What is
// not finite stays as it is and is passed over; a constant stays constant.
const smooth = (values, weight) => {
  if (weight <= 0 || values.every((value) => value === values[0])) return values;
  let last = 0, gathered = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    gathered = gathered * weight + (1 - weight);
    return last / gathered;
  });
};
