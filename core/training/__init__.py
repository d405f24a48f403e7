"""Training on folders of images. Needs torch, numpy, OpenCV and safetensors, neither Qt nor PyAV."""
