package io.metastore.benchmarks.workload;

/** A caller that counts what ends in one window of time. */
final class Caller extends CallerThread {
    private final long begin;
    private final long end;
    private final Latencies latencies = new Latencies();

    Caller(int number, long begin, long end, ClosedLoop.Operation operation) {
        super(number, operation);
        this.begin = begin;
        this.end = end;
    }

    @Override
    public void run() {
        long started = System.nanoTime();
        while (started - end < 0 && !isInterrupted()) {
            boolean done = attempt();
            long ended = System.nanoTime();
            if (done && ended - begin >= 0 && ended - end <= 0) {
                latencies.record(ended - started);
            }
            started = done ? ended : System.nanoTime();
        }
    }

    Latencies latencies() {
        return latencies;
    }
}
