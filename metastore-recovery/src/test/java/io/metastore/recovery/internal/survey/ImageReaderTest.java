package io.metastore.recovery.internal.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.recovery.survey.Depth;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are read while the member that has them runs on. */
class ImageReaderTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path temporary;

    @Test
    void anImageThatIsDeletedMeanwhileIsNoDamage() {
        Path images = temporary.resolve("member/stores/main/epoch-000001/image");
        String older;
        String newer;
        try (MetaStore store = MetaStore.builder(temporary.resolve("member")).open()) {
            store.table(NOTES).put("one", "1");
            older = store.checkpoints().create().name();
            store.table(NOTES).put("two", "2");
            newer = store.checkpoints().create().name();
        }
        Findings findings = new Findings();
        List<ImageReader.Read> read =
                new ImageReader(deleting(images.resolve(older)), Depth.FULL, findings).all(images);
        assertThat(images.resolve(older)).doesNotExist();
        assertThat(read).singleElement().satisfies(each -> {
            assertThat(each.image().path()).isEqualTo(images.resolve(newer));
            assertThat(each.image().sound()).isTrue();
        });
        assertThat(findings.list()).isEmpty();
    }

    /** Before the files of an image are listed, after its manifest was read, the image goes. */
    private static FileLayer deleting(Path image) {
        DiskFileLayer disk = new DiskFileLayer();
        return (FileLayer) Proxy.newProxyInstance(
                FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("list") && arguments[0].equals(image)) {
                        disk.deleteTree(image);
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
