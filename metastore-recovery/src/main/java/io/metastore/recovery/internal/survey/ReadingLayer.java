package io.metastore.recovery.internal.survey;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The real file system, for reading only: whatever would change it is refused as a bug. Stateless. */
public final class ReadingLayer implements FileLayer {

    private final FileLayer disk = new DiskFileLayer();

    private static IllegalStateException refused(Path path) {
        return new IllegalStateException("a copy is only read: path=" + path);
    }

    @Override
    public Kind kind(Path path) throws IOException {
        return disk.kind(path);
    }

    @Override
    public Kind kindOfName(Path path) throws IOException {
        return disk.kindOfName(path);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return disk.read(file);
    }

    @Override
    public byte[] read(Path file, long offset, int length) throws IOException {
        return disk.read(file, offset, length);
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
    public boolean isSameFile(Path one, Path other) throws IOException {
        return disk.isSameFile(one, other);
    }

    @Override
    public int names(Path file) throws IOException {
        return disk.names(file);
    }

    @Override
    public long usableSpace(Path path) throws IOException {
        return disk.usableSpace(path);
    }

    @Override
    public void createDirectory(Path directory) {
        throw refused(directory);
    }

    @Override
    public void writeNew(Path file, byte[] bytes) {
        throw refused(file);
    }

    @Override
    public void rename(Path from, Path to) {
        throw refused(from);
    }

    @Override
    public void link(Path existing, Path link) {
        throw refused(existing);
    }

    @Override
    public void write(Path file, long offset, byte[] bytes) {
        throw refused(file);
    }

    @Override
    public void shorten(Path file, long bytes) {
        throw refused(file);
    }

    @Override
    public void force(Path file) {
        throw refused(file);
    }

    @Override
    public void forceDirectory(Path directory) {
        throw refused(directory);
    }

    @Override
    public void delete(Path path) {
        throw refused(path);
    }

    @Override
    public HeldLock lock(Path file) {
        throw refused(file);
    }
}
