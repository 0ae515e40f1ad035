package io.metastore.raft.internal.transfer;

import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.image.ContentDigest;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a receiver asks a sender for; the layouts are on the page wire-format.md.
 *
 * @param receiver name of the member that asks, for the sender's status
 * @param index of the image; -1 when a list of all is asked for
 * @param digest names its bytes ({@link ContentDigest}), 64 hexadecimal digits; empty when they are not known yet
 * @param file whose bytes are asked for; empty when none are
 * @param offset of the first byte
 * @param length how many bytes
 */
record ImageRequest(String receiver, long index, String digest, String file, long offset, int length) {

    private static final byte VERSION = 1;
    private static final int NAME_BYTES_MAX = 255;

    static ImageRequest list(String receiver) {
        return new ImageRequest(receiver, -1, "", "", 0, 0);
    }

    static ImageRequest manifest(String receiver, long index) {
        return new ImageRequest(receiver, index, "", "", 0, 0);
    }

    byte[] encode(Method method) {
        byte[] from = name(receiver);
        byte[] name = name(file);
        ByteBuffer buffer = ByteBuffer.allocate(
                2 + from.length + 2 * Long.BYTES + ContentDigest.BYTES + Integer.BYTES + 1 + name.length);
        buffer.put(VERSION).put((byte) from.length).put(from);
        if (method == Method.IMAGE_MANIFEST || method == Method.IMAGE_CHUNK) {
            buffer.putLong(index);
        }
        if (method == Method.IMAGE_CHUNK) {
            buffer.put(HexFormat.of().parseHex(digest)).putLong(offset).putInt(length);
            buffer.put((byte) name.length).put(name);
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /**
     * The request in these bytes. What it asks for is not looked at.
     *
     * @throws IllegalArgumentException they are not one of this method, or of another version
     */
    static ImageRequest decode(Method method, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            byte version = buffer.get();
            if (version != VERSION) {
                throw new IllegalArgumentException("unknown version of a request: found=" + version + " known="
                        + VERSION + "; upgrade the older member");
            }
            ImageRequest request = decode(method, buffer);
            if (buffer.hasRemaining()) {
                throw new IllegalArgumentException("a request is too long: bytes=" + bytes.length);
            }
            return request;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a request is too short: bytes=" + bytes.length, e);
        }
    }

    private static ImageRequest decode(Method method, ByteBuffer buffer) {
        String receiver = name(buffer);
        return switch (method) {
            case IMAGE_LIST, IMAGE_RENEW -> list(receiver);
            case IMAGE_MANIFEST -> manifest(receiver, buffer.getLong());
            case IMAGE_CHUNK -> {
                long index = buffer.getLong();
                byte[] digest = new byte[ContentDigest.BYTES];
                buffer.get(digest);
                long offset = buffer.getLong();
                int length = buffer.getInt();
                yield new ImageRequest(receiver, index, HexFormat.of().formatHex(digest), name(buffer), offset, length);
            }
            default -> throw new IllegalArgumentException("not a method about images: method=" + method);
        };
    }

    private static byte[] name(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > NAME_BYTES_MAX) {
            throw new IllegalArgumentException("a name is too long: bytes=" + bytes.length + " max=" + NAME_BYTES_MAX);
        }
        return bytes;
    }

    private static String name(ByteBuffer buffer) {
        byte[] bytes = new byte[Byte.toUnsignedInt(buffer.get())];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
