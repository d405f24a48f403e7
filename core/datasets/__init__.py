"""Training and evaluation material: stills, clips, generated motion and augmentation. Needs neither Qt nor PyAV."""
