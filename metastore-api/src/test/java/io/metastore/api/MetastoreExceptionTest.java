package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetastoreExceptionTest {

    private static final Operation FAILED = new Operation(
            7,
            OperationType.ADD_VOTER,
            "fe4",
            "fe1",
            OperationState.FAILED,
            "waiting for fe4 to catch up",
            Instant.EPOCH,
            Instant.EPOCH,
            "what",
            5,
            10);

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
    void aRejectedBatchTellsItsReasonAndTheCheckThatFailed() {
        BatchRejectedException e = new BatchRejectedException("sales is taken", 2, "Absent[key=sales]", 7);
        assertThat(e).hasMessage("sales is taken: check=2 (Absent[key=sales]) currentVersion=7");
        assertThat(e.reason()).isEqualTo("sales is taken");
        assertThat(e.check()).isEqualTo(2);
        assertThat(e.currentVersion()).isEqualTo(7);
        assertThat(e.facts()).containsEntry("check", "2 (Absent[key=sales])").containsEntry("currentVersion", "7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "node is not the leader: node=n2 group=g1 leaderHint=n3; retry there | {node=n2, group=g1, leaderHint=n3}",
                "key is empty: table=notes actual=0 least=1; no setting allows it | {table=notes, actual=0, least=1}",
                "refused: step='a b=c; d' error=''; go on | {step=a b=c; d, error=}",
                "cannot listen: member=fe1 reason=Address already in use; free it | {member=fe1, reason=Address already in use}",
                "not sent: member=fe1 at=10.0.0.1:9010 limits.call=10 | {member=fe1, at=10.0.0.1:9010, limits.call=10}",
                "twice: reason=of mine member=fe1 reason=of another | {reason=of mine, member=fe1}",
                "it's said: name='it's said' next=1 | {name=it's said, next=1}",
                "nothing to tell | {}",
                "a=b | {a=b}",
            })
    void factsAreReadFromTheMessage(String message, String facts) {
        assertThat(new UnavailableException(message).facts().toString()).isEqualTo(facts);
    }

    @Test
    void factsOfALimitAreThoseOfItsAccessors() {
        LimitExceededException e = new LimitExceededException("encoded value", 70, 64, "Limits.valueBytesMax");
        assertThat(e.facts())
                .containsExactly(
                        Map.entry("actual", String.valueOf(e.actual())), Map.entry("limit", String.valueOf(e.limit())));
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

    @Test
    void aRefusalNamesItsReasonForProgramsToo() {
        MembershipRefusedException e = new MembershipRefusedException(
                MembershipRefusedException.Reason.QUORUM_WOULD_BE_LOST,
                "removing a voter would leave too few that answer: target=fe2 votersAfter=2 majority=2 answering=1;"
                        + " start fe3 first");
        assertThat(e.reason()).isEqualTo(MembershipRefusedException.Reason.QUORUM_WOULD_BE_LOST);
        assertThat(e.code()).isEqualTo("MEMBERSHIP_REFUSED");
        assertThat(e).hasMessageContaining("votersAfter=2 majority=2 answering=1");
    }

    @Test
    void aFailedOperationIsCarriedAndToldInFull() {
        OperationFailedException e = new OperationFailedException(FAILED);
        assertThat(e.operation()).isEqualTo(FAILED);
        assertThat(e)
                .hasMessage("operation failed: id=7 type=ADD_VOTER target=fe4 requestedBy=fe1 step='waiting for fe4 to"
                        + " catch up' error='what'; mend the cause and ask again");
    }

    @Test
    void aCancelledOperationNeedsNoError() {
        Operation cancelled = new Operation(
                8,
                OperationType.LEAVE,
                "fe4",
                "fe4",
                OperationState.CANCELLED,
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                0,
                -1);
        assertThat(new OperationFailedException(cancelled))
                .hasMessageStartingWith("operation was cancelled: id=8 type=LEAVE")
                .hasMessageContaining("error=''");
    }

    @Test
    void onlyAnOperationThatFailedMakesAFailure() {
        Operation running = new Operation(
                9, OperationType.LEAVE, "fe4", "fe4", OperationState.RUNNING, "", Instant.EPOCH, null, null, 0, -1);
        assertThatThrownBy(() -> new OperationFailedException(running))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id=9");
    }

    @Test
    void aFailedOperationSurvivesSerialization() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new OperationFailedException(FAILED));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((OperationFailedException) in.readObject()).operation()).isEqualTo(FAILED);
        }
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
            } else if (parameter == int.class) {
                arguments[i] = 1;
            } else if (parameter == Operation.class) {
                arguments[i] = FAILED;
            } else if (parameter.isEnum()) {
                arguments[i] = parameter.getEnumConstants()[0];
            }
        }
        return (MetastoreException) constructor.newInstance(arguments);
    }
}
