/** Django and Django REST framework: requests, views as functions and classes, forms and serializers. */
import type { Model } from "../../../server/rule/rule.ts";

const VERBS = "{get,post,put,patch,delete,head,options,trace}";
const GENERIC =
  "{TemplateView,RedirectView,ListView,DetailView,FormView,CreateView,UpdateView,DeleteView,ArchiveIndexView,YearArchiveView,MonthArchiveView,WeekArchiveView,DayArchiveView,TodayArchiveView,DateDetailView}";
const API =
  "{GenericAPIView,CreateAPIView,ListAPIView,RetrieveAPIView,DestroyAPIView,UpdateAPIView,ListCreateAPIView,RetrieveUpdateAPIView,RetrieveDestroyAPIView,RetrieveUpdateDestroyAPIView}";
const VIEW = "django.views.View()";
const API_VIEW = "rest_framework.views.APIView()";
/** What takes a view that is a function. */
const FUNCTION = [
  "django.urls.{path,re_path}.arg({1,view})",
  "django.conf.urls.{url,path,re_path}.arg({1,view})",
  "django.views.decorators.csrf.{csrf_exempt,csrf_protect,ensure_csrf_cookie,requires_csrf_token}.arg(0)",
  "django.views.decorators.http.{require_GET,require_POST,require_safe,require_http_methods()}.arg(0)",
  "django.views.decorators.cache.{never_cache,cache_page(),cache_control()}.arg(0)",
  "django.contrib.auth.decorators.{login_required,login_required(),permission_required(),user_passes_test()}.arg(0)",
  "django.contrib.admin.views.decorators.staff_member_required.arg(0)",
];
const ACTION =
  "{list,create,retrieve,update,partial_update,destroy,get,post,put,patch,delete,head,options}";
const API_FUNCTION =
  "{rest_framework.decorators.api_view().arg(0),rest_framework.decorators.action().arg(0)}";
// `<int:id>` and `<uuid:id>` in the address are converted; a slug has only harmless characters, and so has a group of a
// pattern that is one class of letters and digits: `(?P<year>[0-9]{4})`.
const CONVERTED =
  "<(?:int|uuid|slug):NAME>|\\(\\?P<NAME>(?:\\[(?:\\\\[dw]|[0-9A-Za-z_-])+\\]|\\\\[dw])(?:[+*]|\\{[\\d,]+\\})?\\)";
const ADDRESS = "a part of the address";

const django: Model = {
  language: "python",
  aliases: {
    "django.http.request.HttpRequest": "django.http.HttpRequest",
    "django.core.handlers.{wsgi.WSGIRequest,asgi.ASGIRequest}": "django.http.HttpRequest",
  },
  types: {
    [VIEW]: [
      "{django.views.generic.View,django.views.generic.base.View}()",
      `django.views.generic.${GENERIC}()`,
    ],
    [API_VIEW]: [
      `rest_framework.generics.${API}()`,
      "rest_framework.viewsets.{ViewSet,GenericViewSet,ReadOnlyModelViewSet,ModelViewSet}()",
    ],
    "django.http.HttpRequest()": [
      `${VIEW}.request`,
      `${VIEW}.%method.${VERBS}.param(0)`,
      `${VIEW}.%method.{dispatch,setup}.param(0)`,
      ...FUNCTION.map((taker) => `${taker}.param(0)`),
      "rest_framework.request.Request()._request",
    ],
    "rest_framework.request.Request()": [
      `${API_VIEW}.request`,
      `${API_VIEW}.%method.${ACTION}.param(0)`,
      `${API_FUNCTION}.param(0)`,
    ],
    "django.forms.Form()": [
      "django.forms.{ModelForm,BaseForm}()",
      "django.forms.{forms,models}.{Form,ModelForm,BaseForm}()",
    ],
    "rest_framework.serializers.Serializer()": [
      "rest_framework.serializers.{ModelSerializer,HyperlinkedModelSerializer,ListSerializer,BaseSerializer}()",
    ],
  },
  textRecords: ["django.http.HttpRequest().{GET,POST,COOKIES,headers}"],
  sources: [
    {
      path: "django.http.HttpRequest().{GET,POST,body}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "django.http.HttpRequest().{COOKIES,META,headers}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "django.http.HttpRequest().{path,path_info,get_full_path(),get_full_path_info()}",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    {
      path: "django.http.HttpRequest().build_absolute_uri()",
      kind: "remote",
      text: "request data",
      of: "address",
    },
    {
      path: "django.http.HttpRequest().get_host()",
      kind: "remote",
      text: "request data",
      of: "host",
    },
    {
      path: "django.http.HttpRequest().{read,readline,readlines}()",
      kind: "remote",
      text: "request data",
    },
    {
      path: `${VIEW}.%method.${VERBS}.param(*)`,
      kind: "remote",
      text: ADDRESS,
    },
    {
      path: `{${VIEW},${API_VIEW}}.{kwargs,args}`,
      kind: "remote",
      text: ADDRESS,
    },
    ...FUNCTION.map((taker) => ({
      path: `${taker}.param(*)`,
      kind: "remote" as const,
      text: ADDRESS,
      converted: CONVERTED,
    })),
    {
      path: "rest_framework.request.Request().{data,query_params,POST,GET}",
      kind: "remote",
      text: "request data",
    },
    {
      path: "rest_framework.request.Request().{COOKIES,META,headers}",
      kind: "remote",
      text: "request data",
      of: "sender",
    },
    {
      path: "rest_framework.request.Request().path",
      kind: "remote",
      text: "request data",
      of: "path",
    },
    { path: `${API_VIEW}.%method.${ACTION}.param(*)`, kind: "remote", text: ADDRESS },
    { path: `${API_FUNCTION}.param(*)`, kind: "remote", text: ADDRESS },
    {
      path: "django.forms.Form().cleaned_data",
      kind: "remote",
      text: "what the client filled in",
      declared: true,
    },
    { path: "django.forms.Form().data", kind: "remote", text: "what the client filled in" },
    {
      path: "rest_framework.serializers.Serializer().validated_data",
      kind: "remote",
      text: "the request body",
      declared: true,
    },
    {
      path: "rest_framework.serializers.Serializer().initial_data",
      kind: "remote",
      text: "the request body",
    },
    {
      path: "rest_framework.serializers.Serializer().%method.{create,validate,validate_*,to_internal_value,run_validation}.param(0)",
      kind: "remote",
      text: "the request body",
    },
    {
      path: "rest_framework.serializers.Serializer().%method.update.param(1)",
      kind: "remote",
      text: "the request body",
    },
  ],
};

export default django;
