"""Surveys 满意度: questions, answers, estimates, published results."""
