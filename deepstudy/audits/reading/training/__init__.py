"""What a document says of a training run: its log, its settings, its images, its times.

training_logs.py    the lines of one run, in order
run_settings.py     batch sizes, lengths of runs, learning rates
rate_schedules.py   schedules of the learning rate
image_counts.py     numbers of images in sentences
scored_images.py    how many images an accuracy is over
durations.py        times in sentences
"""
