package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The disk until a process is killed: from the n-th change after {@link #arm} on every change fails, without an effect. */
final class StoppingLayer implements FileLayer {
    private final DiskFileLayer disk = new DiskFileLayer();
    private int changesLeft = Integer.MAX_VALUE;
    private boolean fired;

    /** From now on this many changes happen. */
    synchronized void arm(int changes) {
        changesLeft = changes;
    }

    /** Whether a change failed. */
    synchronized boolean fired() {
        return fired;
    }

    private synchronized void change(String what, Path path) throws IOException {
        if (changesLeft == 0) {
            fired = true;
            throw new IOException("killed: " + what + " " + path);
        }
        changesLeft--;
    }

    @Override
    public Kind kind(Path path) throws IOException {
        return disk.kind(path);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return disk.read(file);
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public Path realPath(Path path) throws IOException {
        return disk.realPath(path);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        change("create", directory);
        disk.createDirectory(directory);
    }

    @Override
    public void writeNew(Path file, byte[] bytes) throws IOException {
        change("write", file);
        disk.writeNew(file, bytes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change("rename", to);
        disk.rename(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change("force", directory);
        disk.forceDirectory(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        change("delete", path);
        disk.delete(path);
    }

    @Override
    public HeldLock lock(Path file) throws IOException {
        return disk.lock(file);
    }

    @Override
    public Kind kindOfName(Path path) throws IOException {
        return disk.kindOfName(path);
    }

    @Override
    public void link(Path existing, Path link) throws IOException {
        change("link", link);
        disk.link(existing, link);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return disk.isSameFile(one, other);
    }

    @Override
    public byte[] read(Path file, long offset, int length) throws IOException {
        return disk.read(file, offset, length);
    }

    @Override
    public void write(Path file, long offset, byte[] bytes) throws IOException {
        change("write", file);
        disk.write(file, offset, bytes);
    }

    @Override
    public void force(Path file) throws IOException {
        change("force", file);
        disk.force(file);
    }

    @Override
    public int names(Path file) throws IOException {
        return disk.names(file);
    }

    @Override
    public void shorten(Path file, long bytes) throws IOException {
        change("shorten", file);
        disk.shorten(file, bytes);
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        return disk.usableSpace(path);
    }
}
