"""Evaluation of models and folders of maps on data sets with ground truth, and its reports."""
