"""The parts of benchmarks.failover: servers that can fail, people who use them, what they got."""
