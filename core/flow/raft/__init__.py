"""RAFT (Teed & Deng, ECCV 2020), small and large. Importing this loads no torch: the estimator and weights do."""

from core.flow.raft.config import RaftName, RaftSettings

__all__ = ["RaftName", "RaftSettings"]
