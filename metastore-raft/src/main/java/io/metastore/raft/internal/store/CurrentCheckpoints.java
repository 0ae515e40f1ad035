package io.metastore.raft.internal.store;

import io.metastore.api.CheckpointStatus;
import io.metastore.api.Checkpoints;
import io.metastore.api.Image;
import io.metastore.raft.internal.node.CurrentNode;
import java.nio.file.Path;
import java.util.List;

/** The images of whichever node the store has now. */
record CurrentCheckpoints(CurrentNode current) implements Checkpoints {

    @Override
    public Image create() {
        return current.get().checkpoints().create();
    }

    @Override
    public List<Image> list() {
        return current.get().checkpoints().list();
    }

    @Override
    public Verified verify(Image image) {
        return current.get().checkpoints().verify(image);
    }

    @Override
    public Image replace(Image damaged) {
        return current.get().checkpoints().replace(damaged);
    }

    @Override
    public Image exportTo(Image image, Path file) {
        return current.get().checkpoints().exportTo(image, file);
    }

    @Override
    public Image dumpTo(Path file) {
        return current.get().checkpoints().dumpTo(file);
    }

    @Override
    public Audited audit() {
        return current.get().checkpoints().audit();
    }

    @Override
    public CheckpointStatus status() {
        return current.get().checkpoints().status();
    }
}
