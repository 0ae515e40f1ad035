/** What applications compile against: the JDK and annotations only. */
module io.metastore.api {
    requires static transitive org.jspecify;

    exports io.metastore.api;
    exports io.metastore.api.spi;

    uses io.metastore.api.spi.MetaStoreProvider;
}
