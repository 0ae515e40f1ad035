package io.metastore.examples;

import io.metastore.examples.Catalog.ClassFacts;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the head of a class file: version, superclass and interfaces (Java Virtual Machine Specification, section 4.1). The constant pool in
 * front of them is walked, not kept, but for names and class references.
 */
final class ClassFileParser {

    private static final int MAGIC = 0xCAFEBABE;
    private static final int ACC_INTERFACE = 0x0200;

    private ClassFileParser() {}

    static ClassFacts parse(byte[] classFile) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
        int magic = in.readInt();
        if (magic != MAGIC) {
            throw new IOException("not a class file: expected=" + Integer.toHexString(MAGIC) + " found="
                    + Integer.toHexString(magic));
        }
        in.readUnsignedShort(); // Minor version.
        int majorVersion = in.readUnsignedShort();
        ConstantPool pool = ConstantPool.read(in);
        boolean isInterface = (in.readUnsignedShort() & ACC_INTERFACE) != 0;
        in.readUnsignedShort(); // This class; its name is known from its path.
        int superclass = in.readUnsignedShort();
        List<String> interfaces = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            interfaces.add(pool.className(in.readUnsignedShort()));
        }
        return new ClassFacts(
                classFile.length,
                majorVersion,
                isInterface,
                superclass == 0 ? Optional.empty() : Optional.of(pool.className(superclass)),
                List.copyOf(interfaces));
    }

    /** Index of a class entry to index of its name, and index of a name to the name. */
    private static final class ConstantPool {

        private final int[] classes;
        private final String[] names;

        private ConstantPool(int[] classes, String[] names) {
            this.classes = classes;
            this.names = names;
        }

        static ConstantPool read(DataInputStream in) throws IOException {
            int count = in.readUnsignedShort();
            int[] classes = new int[count];
            String[] names = new String[count];
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> names[i] = in.readUTF();
                    case 7 -> classes[i] = in.readUnsignedShort();
                    case 8, 16, 19, 20 -> in.skipNBytes(2); // String, method type, module, package.
                    case 15 -> in.skipNBytes(3); // Method handle.
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4); // Numbers, references, dynamic.
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++; // Long and double take two entries.
                    }
                    default -> throw new IOException("unknown constant: tag=" + tag + " index=" + i);
                }
            }
            return new ConstantPool(classes, names);
        }

        String className(int index) {
            return names[classes[index]].replace('/', '.');
        }
    }
}
