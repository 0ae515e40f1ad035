package io.metastore.cli;

import com.google.gson.JsonObject;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Revision;
import io.metastore.snapshot.image.ImageArchive;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageVerification.Verified;
import java.nio.file.Path;
import java.util.Locale;

/** What is said of images, as JSON and as a line. */
final class ImageJson {

    private ImageJson() {}

    static JsonObject sound(Path path, ImageManifest manifest, Verified verified) {
        JsonObject json = image("sound", path, manifest);
        json.addProperty("depth", verified.depth().name().toLowerCase(Locale.ROOT));
        json.addProperty("files", verified.files());
        json.addProperty("bytes", verified.bytes());
        if (verified.records() >= 0) {
            json.addProperty("records", verified.records());
        }
        return json;
    }

    static JsonObject damaged(Path path, CorruptStateException reason) {
        JsonObject json = new JsonObject();
        json.addProperty("type", "damaged");
        json.addProperty("path", path.toString());
        json.addProperty("reason", reason.getMessage());
        return json;
    }

    static JsonObject exported(ImageArchive.Exported exported) {
        JsonObject json = image("exported", exported.file(), exported.manifest());
        json.addProperty("bytes", exported.bytes());
        return json;
    }

    static JsonObject imported(Path directory, ImageManifest manifest, Revision now) {
        JsonObject json = image("imported", directory, manifest);
        json.addProperty("now", now.number());
        return json;
    }

    private static JsonObject image(String type, Path path, ImageManifest manifest) {
        JsonObject json = new JsonObject();
        json.addProperty("type", type);
        json.addProperty("path", path.toString());
        json.addProperty("cluster", manifest.clusterId().toString());
        json.addProperty("epoch", manifest.epoch());
        json.addProperty("term", manifest.position().term());
        json.addProperty("index", manifest.position().index());
        json.addProperty("revision", manifest.revision().number());
        json.addProperty("fingerprint", manifest.fingerprint());
        json.addProperty("created", manifest.created().toString());
        return json;
    }

    static String line(ImageManifest manifest, Verified verified) {
        return "position=" + manifest.position() + " revision="
                + manifest.revision().number() + " files="
                + verified.files() + " bytes=" + verified.bytes()
                + (verified.records() < 0 ? "" : " records=" + verified.records()) + " cluster="
                + manifest.clusterId();
    }
}
