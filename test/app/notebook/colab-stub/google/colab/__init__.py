"""Stands for google.colab in tests."""
