package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.ConfigurationException;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Secret;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.api.Tls;
import io.metastore.recovery.survey.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose members prove to each other who they are, and whoever recovers it to them. */
class MemberTlsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Secret TOKEN = Secret.of("token of tests");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path temporary;

    private Tls ours;
    private Tls foreign;
    private final List<String> addresses = List.of(newAddress(), newAddress());

    @BeforeEach
    void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(temporary);
        ours = certificates.of("ours");
        foreign = certificates.of("foreign");
    }

    private static String newAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path directory(int number) {
        return temporary.resolve("fe" + number);
    }

    private MetaStore open(int number) {
        return MetaStore.builder(directory(number))
                .member("fe" + number, addresses.get(number - 1))
                .bootstrap("fe1=" + addresses.get(0), "fe2=" + addresses.get(1))
                .clusterToken(TOKEN)
                .tls(ours)
                .open();
    }

    private Source.Member far(Optional<Tls> tls) {
        return Source.member(addresses.get(1), new Access(Optional.of(TOKEN), tls, Duration.ofSeconds(5)))
                .labelled("far");
    }

    @Test
    void memberIsSurveyedAndSealedByWhoeverHasItsCertificatesAndNobodyElseTakesItForDead() {
        try (MetaStore two = open(2)) {
            try (MetaStore one = open(1)) {
                one.withTimeout(PATIENCE).table(NOTES).put("a", "1");
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> two.table(NOTES).get("a").isPresent());
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> two.status().leader().isEmpty());
            Map.of(
                            "other authority", Optional.of(foreign),
                            "no certificate of theirs",
                                    Optional.of(Tls.fromFiles(
                                            foreign.certificateChain(),
                                            foreign.privateKey(),
                                            ours.trustedAuthorities())),
                            "no certificates", Optional.<Tls>empty())
                    .forEach(this::isRefused);
            assertThat(two.status().state()).isNotEqualTo(StoreState.RECOVERING);

            Survey survey = Recovery.of(far(Optional.of(ours)), Source.directory(directory(1)))
                    .survey();
            assertThat(survey.copies().get(0).findings()).isEmpty();
            RecoveryPlan plan = survey.plan();
            assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
            plan.apply(Consent.to(plan));
            assertThat(two.status().state()).isEqualTo(StoreState.RECOVERING);
            // it listens with its certificates while it is sealed
            refused(
                    Reason.SOURCE_SILENT,
                    () -> Recovery.undo(
                            new Access(Optional.of(TOKEN), Optional.empty(), Duration.ofMillis(500)), directory(1)));
            Recovery.undo(Access.with(TOKEN, ours), directory(1));
            assertThat(two.status().state()).isNotEqualTo(StoreState.RECOVERING);
        }
    }

    private void isRefused(String what, Optional<Tls> tls) {
        Survey survey = Recovery.of(far(tls), Source.directory(directory(1))).survey();
        Finding finding = survey.copies().get(0).findings().get(0);
        assertThat(finding.kind()).as(what).isEqualTo(Finding.Kind.SILENT);
        assertThat(finding.what()).as(what).contains(addresses.get(1), "with the certificates that its cluster has");
        refused(Reason.SOURCE_SILENT, survey::plan);
        // it is up: nobody can do without it
        refused(Reason.MEMBER_ANSWERS, () -> survey.plan(PlanOptions.DEFAULT.skip("far")));
    }

    @Test
    void certificatesThatCannotBeReadAreNamed() {
        Tls missing = Tls.fromFiles(temporary.resolve("absent.pem"), ours.privateKey(), ours.trustedAuthorities());
        assertThatThrownBy(() -> Recovery.of(far(Optional.of(missing))).survey())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absent.pem");
    }

    private static void refused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }
}
