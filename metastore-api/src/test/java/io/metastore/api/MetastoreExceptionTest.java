package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MetastoreExceptionTest {

    private final Set<String> codes = new HashSet<>();

    @TestFactory
    Iterable<DynamicTest> everyKindHasACodeAndAnOutcome() {
        return Arrays.stream(MetastoreException.class.getPermittedSubclasses())
                .map(type -> DynamicTest.dynamicTest(type.getSimpleName(), () -> check(type)))
                .toList();
    }

    @Test
    void codesAreUnique() throws ReflectiveOperationException {
        for (Class<?> type : MetastoreException.class.getPermittedSubclasses()) {
            assertThat(codes.add(create(type).code())).as("code of %s", type).isTrue();
        }
    }

    @Test
    void aLimitErrorTellsTheSizeTheLimitAndTheOption() {
        LimitExceededException e = new LimitExceededException("encoded value", 70, 64, "Limits.valueBytesMax");
        assertThat(e)
                .hasMessage("encoded value exceeds its limit: actual=70 limit=64; make it smaller or raise"
                        + " Limits.valueBytesMax");
        assertThat(e.actual()).isEqualTo(70);
        assertThat(e.limit()).isEqualTo(64);
        assertThat(e.option()).isEqualTo("Limits.valueBytesMax");
    }

    @Test
    void anUnknownOutcomeIsResolvedByTheStoreThatThrewIt() {
        OutcomeUnknownException e = new OutcomeUnknownException(
                "deadline passed", timeout -> new OutcomeUnknownException.WasNotCommitted("after " + timeout), null);
        assertThat(e.resolve(Duration.ofSeconds(1)))
                .isEqualTo(new OutcomeUnknownException.WasNotCommitted("after PT1S"));
    }

    @Test
    void anUnknownOutcomeWithoutItsStoreStaysUnknown() {
        OutcomeUnknownException e = new OutcomeUnknownException("deadline passed", null, null);
        assertThatThrownBy(() -> e.resolve(Duration.ofSeconds(1))).isSameAs(e);
    }

    private static void check(Class<?> type) throws ReflectiveOperationException {
        MetastoreException e = create(type);
        assertThat(Modifier.isFinal(type.getModifiers())).isTrue();
        assertThat(e.code()).matches("[A-Z][A-Z_]*[A-Z]");
        assertThat(e.getMessage()).contains("what");
        assertThat(e.outcome())
                .isEqualTo(
                        type == OutcomeUnknownException.class
                                ? MetastoreException.Outcome.UNKNOWN
                                : MetastoreException.Outcome.NOT_APPLIED);
    }

    private static MetastoreException create(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getConstructors()[0];
        @Nullable Object[] arguments = new Object[constructor.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> parameter = constructor.getParameterTypes()[i];
            if (parameter == String.class) {
                arguments[i] = "what";
            } else if (parameter == long.class) {
                arguments[i] = 1L;
            }
        }
        return (MetastoreException) constructor.newInstance(arguments);
    }
}
