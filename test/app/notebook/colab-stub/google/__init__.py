"""Stands for the namespace of Colab in tests."""
