import java.util.Base64;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class OpenapiGenerator {
  static void check(boolean right, String what) {
    if (!right) throw new AssertionError(what);
  }

  public static void main(String[] args) throws Exception {
    String name = System.getenv("NAME");
    String login = Base64.getEncoder().encodeToString(("admin:" + System.getenv("OBFLOW_PASSWORD")).getBytes());
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("OBFLOW_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Basic " + login));
    check(new ClustersApi(client).listObClusters(1, 5, null, null, null, null).getData().getPage().getTotalElements() == 0, "clusters");
    PlacesApi places = new PlacesApi(client);
    int regionId = places.createRegion(new CreateRegionRequest().name(name)).getData().getId();
    int idcId = places.createIdc(new CreateIdcRequest().name(name).regionId(regionId)).getData().getId();
    CreateCredentialRequestSshCredentialProperty ssh = new CreateCredentialRequestSshCredentialProperty()
        .type(CreateCredentialRequestSshCredentialProperty.TypeEnum.PASSWORD).username("admin").passphrase("x");
    int credentialId = new CredentialsApi(client).createCredential(new CreateCredentialRequest()
        .targetType(CreateCredentialRequest.TargetTypeEnum.HOST).name(name).sshCredentialProperty(ssh)).getData().getId();
    CreateHostsRequest add = new CreateHostsRequest().idcId(idcId).credentialId(credentialId)
        .hostBasicDataList(List.of(new CreateHostsRequestHostBasicDataListInner().innerIpAddress(System.getenv("ADDRESS"))));
    int id = new HostsApi(client).createHosts(add).getData().getId();
    WrappedTaskInstance task = new TasksApi(client).getTaskInstance(id).getData();
    check(task.getStatus() == WrappedTaskInstance.StatusEnum.RUNNING && task.getSubtasks().size() == 5, "task");
    try {
      new TasksApi(client).getTaskInstance(999999);
      check(false, "a task that is not there");
    } catch (ApiException error) {
      check(error.getCode() == 404 && error.getResponseBody().contains("TSK10001"), error.getMessage());
    }
  }
}
