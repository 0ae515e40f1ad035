package io.metastore.recovery;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The disk, which says so before one of the changes and then does nothing any more: whoever hears that kills the process, in the middle of just that. For any number of threads. */
public final class WaitingDisk implements InvocationHandler {
    private static final Set<String> CHANGES = Set.of(
            "createDirectory", "writeNew", "copy", "write", "force", "link", "rename", "forceDirectory", "delete");

    private final DiskFileLayer disk = new DiskFileLayer();
    private final int at;
    private final Runnable says;
    private final AtomicInteger changes = new AtomicInteger();

    private WaitingDisk(int at, Runnable says) {
        this.at = at;
        this.says = says;
    }

    /**
     * One that waits.
     *
     * @param at so many changes are made before; none is waited for when there are fewer
     * @param says hears when it waits
     */
    public static FileLayer before(int at, Runnable says) {
        return new WaitingDisk(at, says).proxy();
    }

    /** How many changes some work makes. */
    public static int changesOf(Consumer<FileLayer> work) {
        WaitingDisk counting = counting();
        work.accept(counting.proxy());
        return counting.changes();
    }

    /** One that waits for nothing. */
    static WaitingDisk counting() {
        return new WaitingDisk(-1, () -> {});
    }

    /** How many were made by now. */
    int changes() {
        return changes.get();
    }

    FileLayer proxy() {
        return (FileLayer)
                Proxy.newProxyInstance(FileLayer.class.getClassLoader(), new Class<?>[] {FileLayer.class}, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (CHANGES.contains(method.getName()) && changes.getAndIncrement() == at) {
            says.run();
            new CountDownLatch(1).await();
        }
        Method own = DiskFileLayer.class.getMethod(method.getName(), method.getParameterTypes());
        if (own.isDefault()) { // Made of other operations, which are to come by here.
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            return method.invoke(disk, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            throw e.getCause();
        }
    }
}
